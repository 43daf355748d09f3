using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SmartCity.PlaceRegistration.Data.Migrations
{
    /// <inheritdoc />
    public partial class Tracing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "parent_id",
                table: "places",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ventilation",
                table: "places",
                type: "text",
                nullable: false,
                defaultValue: "Unknown");

            migrationBuilder.AddColumn<string>(
                name: "reckoning",
                table: "exposures",
                type: "jsonb",
                nullable: false,
                defaultValue: "{\"policy\":\"\"}");

            migrationBuilder.AddColumn<bool>(
                name: "released",
                table: "exposures",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "severity",
                table: "exposures",
                type: "text",
                nullable: false,
                defaultValue: "Unspecified");

            migrationBuilder.AddColumn<double>(
                name: "weighted_minutes",
                table: "exposures",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "onset_at",
                table: "cases",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "people_limit",
                table: "cases",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "policy",
                table: "cases",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "release",
                table: "cases",
                type: "text",
                nullable: false,
                defaultValue: "Waiting");

            migrationBuilder.AddColumn<string>(
                name: "release_class",
                table: "cases",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "rerun_asked_at",
                table: "cases",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "trace_decisions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    officer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    people = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_trace_decisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "trace_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ran_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    cause = table.Column<string>(type: "text", nullable: false),
                    policy = table.Column<string>(type: "text", nullable: false),
                    infectious_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    infectious_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    places = table.Column<int>(type: "integer", nullable: false),
                    people = table.Column<int>(type: "integer", nullable: false),
                    inputs_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    result_hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_trace_runs", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_places_parent_id",
                table: "places",
                column: "parent_id");

            migrationBuilder.CreateIndex(
                name: "ix_cases_release_case_id",
                table: "cases",
                columns: new[] { "release", "case_id" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_rerun_asked_at",
                table: "cases",
                column: "rerun_asked_at",
                filter: "rerun_asked_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_trace_decisions_case_id_id",
                table: "trace_decisions",
                columns: new[] { "case_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_trace_runs_case_id_number",
                table: "trace_runs",
                columns: new[] { "case_id", "number" });

            migrationBuilder.Sql(TracingSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(TracingSql.Down);

            migrationBuilder.DropTable(
                name: "trace_decisions");

            migrationBuilder.DropTable(
                name: "trace_runs");

            migrationBuilder.DropIndex(
                name: "ix_places_parent_id",
                table: "places");

            migrationBuilder.DropIndex(
                name: "ix_cases_release_case_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "ix_cases_rerun_asked_at",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "parent_id",
                table: "places");

            migrationBuilder.DropColumn(
                name: "ventilation",
                table: "places");

            migrationBuilder.DropColumn(
                name: "reckoning",
                table: "exposures");

            migrationBuilder.DropColumn(
                name: "released",
                table: "exposures");

            migrationBuilder.DropColumn(
                name: "severity",
                table: "exposures");

            migrationBuilder.DropColumn(
                name: "weighted_minutes",
                table: "exposures");

            migrationBuilder.DropColumn(
                name: "onset_at",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "people_limit",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "policy",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "release",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "release_class",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "rerun_asked_at",
                table: "cases");

        }
    }
}
