using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.GovernmentServices.Data.Migrations
{
    /// <inheritdoc />
    public partial class TwoWayChannels : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<Guid>(
                name: "account_id",
                table: "reports",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "due_at",
                table: "reports",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<int>(
                name: "entry_count",
                table: "reports",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "escalated_at",
                table: "reports",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "escalated_to",
                table: "reports",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "handling",
                table: "reports",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<Guid>(
                name: "merged_into",
                table: "reports",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "sealed_call_back",
                table: "reports",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "areas",
                table: "bulletins",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<string>(
                name: "audience",
                table: "bulletins",
                type: "text",
                nullable: false,
                defaultValue: "Everyone");

            migrationBuilder.AddColumn<string>(
                name: "evidence",
                table: "bulletin_revisions",
                type: "jsonb",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "signed",
                table: "bulletin_revisions",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "released_at",
                table: "attachments",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "released_by",
                table: "attachments",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ratings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    matter = table.Column<string>(type: "text", nullable: false),
                    matter_id = table.Column<Guid>(type: "uuid", nullable: false),
                    handling = table.Column<int>(type: "integer", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: true),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    level = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    sealed_comment = table.Column<byte[]>(type: "bytea", nullable: true),
                    sealed_call_back = table.Column<byte[]>(type: "bytea", nullable: true),
                    rated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ratings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "report_entries",
                columns: table => new
                {
                    report_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    officer_id = table.Column<Guid>(type: "uuid", nullable: true),
                    sealed_text = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_report_entries", x => new { x.report_id, x.number });
                    table.ForeignKey(
                        name: "fk_report_entries_reports_report_id",
                        column: x => x.report_id,
                        principalTable: "reports",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "rating_readings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    rating_id = table.Column<Guid>(type: "uuid", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    officer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rating_readings", x => x.id);
                    table.ForeignKey(
                        name: "fk_rating_readings_ratings_rating_id",
                        column: x => x.rating_id,
                        principalTable: "ratings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "rectifications",
                columns: table => new
                {
                    rating_id = table.Column<Guid>(type: "uuid", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    call_back_by = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    called_back_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    called_back_by = table.Column<Guid>(type: "uuid", nullable: true),
                    sealed_call = table.Column<byte[]>(type: "bytea", nullable: true),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    closed_by = table.Column<Guid>(type: "uuid", nullable: true),
                    sealed_result = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rectifications", x => x.rating_id);
                    table.ForeignKey(
                        name: "fk_rectifications_ratings_rating_id",
                        column: x => x.rating_id,
                        principalTable: "ratings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_reports_actor_id_report_key",
                table: "reports",
                columns: new[] { "actor_id", "report_key" },
                unique: true,
                filter: "account_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_reports_category_received_at",
                table: "reports",
                columns: new[] { "category", "received_at" },
                filter: "position_latitude IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_reports_due_at",
                table: "reports",
                column: "due_at",
                filter: "answered_at IS NULL AND merged_into IS NULL AND escalated_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_reports_escalated_to_id",
                table: "reports",
                columns: new[] { "escalated_to", "id" },
                filter: "escalated_to IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_reports_merged_into",
                table: "reports",
                column: "merged_into",
                filter: "merged_into IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_rating_readings_rating_id",
                table: "rating_readings",
                column: "rating_id");

            migrationBuilder.CreateIndex(
                name: "ix_ratings_account_id_id",
                table: "ratings",
                columns: new[] { "account_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_ratings_matter_matter_id_handling",
                table: "ratings",
                columns: new[] { "matter", "matter_id", "handling" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_ratings_rated_at",
                table: "ratings",
                column: "rated_at");

            migrationBuilder.CreateIndex(
                name: "ix_rectifications_department_rating_id",
                table: "rectifications",
                columns: new[] { "department", "rating_id" });

            migrationBuilder.CreateIndex(
                name: "ix_rectifications_due_at",
                table: "rectifications",
                column: "due_at",
                filter: "closed_at IS NULL");

            // Reports from before have a clock and a history too: what is known of them.
            migrationBuilder.Sql("""
                UPDATE reports SET due_at = received_at + interval '5 days', entry_count = CASE WHEN answered_at IS NULL THEN 1 ELSE 2 END;
                INSERT INTO report_entries (report_id, number, at, kind, department) SELECT id, 1, received_at, 'Received', department FROM reports;
                INSERT INTO report_entries (report_id, number, at, kind, department, officer_id, sealed_text)
                    SELECT id, 2, answered_at, 'Answered', department, answered_by, sealed_answer FROM reports WHERE answered_at IS NOT NULL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "rating_readings");

            migrationBuilder.DropTable(
                name: "rectifications");

            migrationBuilder.DropTable(
                name: "report_entries");

            migrationBuilder.DropTable(
                name: "ratings");

            migrationBuilder.DropIndex(
                name: "ix_reports_actor_id_report_key",
                table: "reports");

            migrationBuilder.DropIndex(
                name: "ix_reports_category_received_at",
                table: "reports");

            migrationBuilder.DropIndex(
                name: "ix_reports_due_at",
                table: "reports");

            migrationBuilder.DropIndex(
                name: "ix_reports_escalated_to_id",
                table: "reports");

            migrationBuilder.DropIndex(
                name: "ix_reports_merged_into",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "due_at",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "entry_count",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "escalated_at",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "escalated_to",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "handling",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "merged_into",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "sealed_call_back",
                table: "reports");

            migrationBuilder.DropColumn(
                name: "areas",
                table: "bulletins");

            migrationBuilder.DropColumn(
                name: "audience",
                table: "bulletins");

            migrationBuilder.DropColumn(
                name: "evidence",
                table: "bulletin_revisions");

            migrationBuilder.DropColumn(
                name: "signed",
                table: "bulletin_revisions");

            migrationBuilder.DropColumn(
                name: "released_at",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "released_by",
                table: "attachments");

            migrationBuilder.AlterColumn<Guid>(
                name: "account_id",
                table: "reports",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
