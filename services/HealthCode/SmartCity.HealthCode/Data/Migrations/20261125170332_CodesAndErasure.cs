using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.HealthCode.Data.Migrations
{
    /// <inheritdoc />
    public partial class CodesAndErasure : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "keyring");

            migrationBuilder.AddColumn<string>(
                name: "purpose",
                table: "signing_keys",
                type: "character varying(30)",
                maxLength: 30,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "signs_from",
                table: "signing_keys",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "withdrawn_at",
                table: "signing_keys",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "color_counts",
                columns: table => new
                {
                    hour = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    color = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_color_counts", x => new { x.hour, x.color });
                });

            migrationBuilder.CreateTable(
                name: "deletions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    what = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    older_than = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deletions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "person_keys",
                schema: "keyring",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number_lookup = table.Column<byte[]>(type: "bytea", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_citizens", x => x.id);
                    table.ForeignKey(
                        name: "FK_person_keys_citizens_id",
                        column: x => x.id,
                        principalTable: "citizens",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "printed_codes",
                columns: table => new
                {
                    code_id = table.Column<Guid>(type: "uuid", nullable: false),
                    citizen_id = table.Column<Guid>(type: "uuid", nullable: true),
                    idempotency_key = table.Column<Guid>(type: "uuid", nullable: false),
                    color = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    issued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    color_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    valid_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_printed_codes", x => x.code_id);
                });

            migrationBuilder.CreateTable(
                name: "signed_lists",
                columns: table => new
                {
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    entries = table.Column<int>(type: "integer", nullable: false),
                    issued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    keys = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signed_lists", x => x.kind);
                });

            migrationBuilder.CreateIndex(
                name: "ix_citizens_number_lookup",
                schema: "keyring",
                table: "person_keys",
                column: "number_lookup",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_printed_codes_citizen_id",
                table: "printed_codes",
                column: "citizen_id");

            migrationBuilder.CreateIndex(
                name: "ix_printed_codes_valid_until",
                table: "printed_codes",
                column: "valid_until");

            // By hand: what was kept before. The foreign key of codes stays with citizens, so that a backup without the keyring is whole in itself.
            migrationBuilder.Sql("""
                INSERT INTO keyring.person_keys (id, number_lookup) SELECT id, number_lookup FROM citizens;
                UPDATE signing_keys SET purpose = 'Code', signs_from = created_at;
                """);

            migrationBuilder.DropIndex(
                name: "ix_citizens_number_lookup",
                table: "citizens");

            migrationBuilder.DropColumn(
                name: "number_lookup",
                table: "citizens");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "color_counts");

            migrationBuilder.DropTable(
                name: "deletions");

            migrationBuilder.DropTable(
                name: "person_keys",
                schema: "keyring");

            migrationBuilder.DropTable(
                name: "printed_codes");

            migrationBuilder.DropTable(
                name: "signed_lists");

            migrationBuilder.DropColumn(
                name: "purpose",
                table: "signing_keys");

            migrationBuilder.DropColumn(
                name: "signs_from",
                table: "signing_keys");

            migrationBuilder.DropColumn(
                name: "withdrawn_at",
                table: "signing_keys");

            migrationBuilder.AddColumn<byte[]>(
                name: "number_lookup",
                table: "citizens",
                type: "bytea",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.CreateIndex(
                name: "ix_citizens_number_lookup",
                table: "citizens",
                column: "number_lookup",
                unique: true);
        }
    }
}
