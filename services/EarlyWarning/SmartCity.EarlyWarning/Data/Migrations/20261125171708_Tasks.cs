using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.EarlyWarning.Data.Migrations
{
    /// <inheritdoc />
    public partial class Tasks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "department_tasks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    step_key = table.Column<string>(type: "text", nullable: false),
                    is_exercise = table.Column<bool>(type: "boolean", nullable: false),
                    is_early_response = table.Column<bool>(type: "boolean", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    escalates_to = table.Column<string>(type: "text", nullable: false),
                    en = table.Column<string>(type: "text", nullable: false),
                    zh = table.Column<string>(type: "text", nullable: false),
                    assigned_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    acknowledge_within = table.Column<TimeSpan>(type: "interval", nullable: false),
                    acknowledge_by = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finish_by = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    acknowledged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    done_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    escalated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_department_tasks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "event_responses",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hazard = table.Column<string>(type: "text", nullable: false),
                    plan_version = table.Column<int>(type: "integer", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_by = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_responses", x => x.event_id);
                });

            migrationBuilder.CreateTable(
                name: "response_plans",
                columns: table => new
                {
                    hazard = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    steps = table.Column<string>(type: "jsonb", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    drafted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    approver_id = table.Column<Guid>(type: "uuid", nullable: true),
                    approved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_response_plans", x => new { x.hazard, x.version });
                });

            migrationBuilder.CreateTable(
                name: "task_notes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    officer_id = table.Column<Guid>(type: "uuid", nullable: true),
                    text = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_notes", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_department_tasks_acknowledge_by",
                table: "department_tasks",
                column: "acknowledge_by",
                filter: "state = 'Assigned' AND escalated_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_department_tasks_department",
                table: "department_tasks",
                column: "department");

            migrationBuilder.CreateIndex(
                name: "ix_department_tasks_event_id",
                table: "department_tasks",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_task_notes_task_id",
                table: "task_notes",
                column: "task_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "department_tasks");

            migrationBuilder.DropTable(
                name: "event_responses");

            migrationBuilder.DropTable(
                name: "response_plans");

            migrationBuilder.DropTable(
                name: "task_notes");
        }
    }
}
