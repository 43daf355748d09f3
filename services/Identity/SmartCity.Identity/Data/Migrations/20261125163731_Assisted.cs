using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.Identity.Data.Migrations
{
    /// <inheritdoc />
    public partial class Assisted : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "form",
                table: "consents",
                type: "character varying(32)",
                maxLength: 32,
                nullable: false,
                defaultValue: "Own");

            migrationBuilder.AddColumn<Guid>(
                name: "recorded_by",
                table: "consents",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "witness_sealed",
                table: "consents",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "assisted_registrations",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    registered_by = table.Column<Guid>(type: "uuid", nullable: false),
                    registered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    document = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    document_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    relation = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    chosen_for_check = table.Column<bool>(type: "boolean", nullable: false),
                    checked_by = table.Column<Guid>(type: "uuid", nullable: true),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_assisted_registrations", x => x.account_id);
                    table.ForeignKey(
                        name: "fk_assisted_registrations_accounts_account_id",
                        column: x => x.account_id,
                        principalTable: "accounts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_consents_recorded_by_request_key",
                table: "consents",
                columns: new[] { "recorded_by", "request_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_assisted_registrations_document_hash",
                table: "assisted_registrations",
                column: "document_hash",
                unique: true,
                filter: "outcome IS DISTINCT FROM 'Doubtful'");

            migrationBuilder.CreateIndex(
                name: "ix_assisted_registrations_registered_by",
                table: "assisted_registrations",
                column: "registered_by");

            migrationBuilder.CreateIndex(
                name: "ix_waiting_checks",
                table: "assisted_registrations",
                column: "account_id",
                filter: "chosen_for_check AND outcome IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "assisted_registrations");

            migrationBuilder.DropIndex(
                name: "ix_consents_recorded_by_request_key",
                table: "consents");

            migrationBuilder.DropColumn(
                name: "form",
                table: "consents");

            migrationBuilder.DropColumn(
                name: "recorded_by",
                table: "consents");

            migrationBuilder.DropColumn(
                name: "witness_sealed",
                table: "consents");
        }
    }
}
