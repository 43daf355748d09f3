using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.EarlyWarning.Data.Migrations
{
    /// <inheritdoc />
    public partial class WarningLife : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "certainty",
                table: "warnings",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Likely");

            migrationBuilder.AddColumn<Guid>(
                name: "event_id",
                table: "warnings",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "follows_id",
                table: "warnings",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "hazard",
                table: "warnings",
                type: "text",
                nullable: false,
                defaultValue: "infectious-disease");

            migrationBuilder.AddColumn<bool>(
                name: "is_exercise",
                table: "warnings",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "warnings",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Alert");

            migrationBuilder.AddColumn<string[]>(
                name: "polygons",
                table: "warnings",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<string>(
                name: "response",
                table: "warnings",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Monitor");

            migrationBuilder.AddColumn<string>(
                name: "signed_alert",
                table: "warnings",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "signed_cancellation",
                table: "warnings",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "thread_id",
                table: "warnings",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<string>(
                name: "urgency",
                table: "warnings",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Expected");

            migrationBuilder.Sql("UPDATE warnings SET thread_id = id;");

            migrationBuilder.CreateTable(
                name: "citizen_acknowledgements",
                columns: table => new
                {
                    warning_id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    acknowledged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_citizen_acknowledgements", x => new { x.warning_id, x.account_id });
                });

            migrationBuilder.CreateTable(
                name: "imported_alerts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    sender = table.Column<string>(type: "text", nullable: false),
                    identifier = table.Column<string>(type: "text", nullable: false),
                    sent = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    message_type = table.Column<string>(type: "text", nullable: false),
                    headline = table.Column<string>(type: "text", nullable: true),
                    severity = table.Column<string>(type: "text", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    is_verified = table.Column<bool>(type: "boolean", nullable: false),
                    document = table.Column<byte[]>(type: "bytea", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    received_by = table.Column<Guid>(type: "uuid", nullable: false),
                    ended_by = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_imported_alerts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "signing_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<string>(type: "text", nullable: false),
                    x = table.Column<string>(type: "text", nullable: false),
                    y = table.Column<string>(type: "text", nullable: false),
                    private_key_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    signs_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signing_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    area = table.Column<string>(type: "text", nullable: false),
                    minimum_severity = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subscriptions", x => new { x.account_id, x.area });
                });

            migrationBuilder.CreateIndex(
                name: "ix_warnings_event_id",
                table: "warnings",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_warnings_expires_at",
                table: "warnings",
                column: "expires_at",
                filter: "issued_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_warnings_thread_id",
                table: "warnings",
                column: "thread_id");

            migrationBuilder.CreateIndex(
                name: "ix_imported_alerts_sender_identifier_sent",
                table: "imported_alerts",
                columns: new[] { "sender", "identifier", "sent" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_signing_keys_key_id",
                table: "signing_keys",
                column: "key_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "citizen_acknowledgements");

            migrationBuilder.DropTable(
                name: "imported_alerts");

            migrationBuilder.DropTable(
                name: "signing_keys");

            migrationBuilder.DropTable(
                name: "subscriptions");

            migrationBuilder.DropIndex(
                name: "ix_warnings_event_id",
                table: "warnings");

            migrationBuilder.DropIndex(
                name: "ix_warnings_expires_at",
                table: "warnings");

            migrationBuilder.DropIndex(
                name: "ix_warnings_thread_id",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "certainty",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "event_id",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "follows_id",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "hazard",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "is_exercise",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "polygons",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "response",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "signed_alert",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "signed_cancellation",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "thread_id",
                table: "warnings");

            migrationBuilder.DropColumn(
                name: "urgency",
                table: "warnings");
        }
    }
}
