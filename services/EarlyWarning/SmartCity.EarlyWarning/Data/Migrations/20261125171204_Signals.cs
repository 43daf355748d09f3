using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SmartCity.EarlyWarning.Data.Migrations
{
    /// <inheritdoc />
    public partial class Signals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_alarms_stream_area_day_detector",
                table: "alarms");

            migrationBuilder.DropTable(
                name: "signal_days");

            migrationBuilder.RenameColumn(
                name: "sigma",
                table: "alarms",
                newName: "score");

            migrationBuilder.RenameColumn(
                name: "mean",
                table: "alarms",
                newName: "expected");

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "signal_facts",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AlterColumn<double>(
                name: "observed",
                table: "alarms",
                type: "double precision",
                nullable: false,
                oldClrType: typeof(int),
                oldType: "integer");

            migrationBuilder.AddColumn<string>(
                name: "department",
                table: "alarms",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "hash",
                table: "alarms",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "hold",
                table: "alarms",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "rule",
                table: "alarms",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "rule_version",
                table: "alarms",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.Sql(SignalsSql.Alarms);

            migrationBuilder.CreateTable(
                name: "alarm_judgements",
                columns: table => new
                {
                    hash = table.Column<string>(type: "text", nullable: false),
                    alarm_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule = table.Column<string>(type: "text", nullable: false),
                    rule_version = table.Column<int>(type: "integer", nullable: false),
                    area = table.Column<string>(type: "text", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    grid = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    zero_from = table.Column<DateOnly>(type: "date", nullable: false),
                    zero_until = table.Column<DateOnly>(type: "date", nullable: false),
                    outbreaks = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    is_alarm = table.Column<bool>(type: "boolean", nullable: false),
                    judged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alarm_judgements", x => x.hash);
                });

            migrationBuilder.CreateTable(
                name: "areas",
                columns: table => new
                {
                    grid = table.Column<int>(type: "integer", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    level = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    parent = table.Column<string>(type: "text", nullable: true),
                    name_en = table.Column<string>(type: "text", nullable: false),
                    name_zh = table.Column<string>(type: "text", nullable: false),
                    geometry = table.Column<string>(type: "json", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_areas", x => new { x.grid, x.code });
                });

            migrationBuilder.CreateTable(
                name: "detection_rules",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    kind = table.Column<string>(type: "text", nullable: true),
                    level = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    detector = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    alpha = table.Column<double>(type: "double precision", nullable: true),
                    minimum_sigma = table.Column<double>(type: "double precision", nullable: true),
                    minimum_count = table.Column<double>(type: "double precision", nullable: true),
                    years = table.Column<int>(type: "integer", nullable: true),
                    factor = table.Column<double>(type: "double precision", nullable: true),
                    limit = table.Column<double>(type: "double precision", nullable: true),
                    department = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    approver_id = table.Column<Guid>(type: "uuid", nullable: true),
                    live_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_detection_rules", x => new { x.code, x.version });
                });

            migrationBuilder.CreateTable(
                name: "judge_marks",
                columns: table => new
                {
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    looked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_judge_marks", x => x.stream);
                });

            migrationBuilder.CreateTable(
                name: "known_outbreaks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    area = table.Column<string>(type: "text", nullable: false),
                    from = table.Column<DateOnly>(type: "date", nullable: false),
                    until = table.Column<DateOnly>(type: "date", nullable: false),
                    note = table.Column<string>(type: "text", nullable: false),
                    recorded_by = table.Column<Guid>(type: "uuid", nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_withdrawn = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_known_outbreaks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "quarantined_values",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    area = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    neighbour = table.Column<double>(type: "double precision", nullable: false),
                    feed = table.Column<string>(type: "text", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_quarantined_values", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "risk_proposals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    cell = table.Column<string>(type: "text", nullable: false),
                    level = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    ground = table.Column<string>(type: "text", nullable: false),
                    proposed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    valid_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_risk_proposals", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rule_backtests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    from = table.Column<DateOnly>(type: "date", nullable: false),
                    until = table.Column<DateOnly>(type: "date", nullable: false),
                    run_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    areas = table.Column<int>(type: "integer", nullable: false),
                    judged = table.Column<int>(type: "integer", nullable: false),
                    alarms = table.Column<int>(type: "integer", nullable: false),
                    false_alarms = table.Column<int>(type: "integer", nullable: false),
                    false_alarm_rate = table.Column<double>(type: "double precision", nullable: false),
                    known_outbreaks = table.Column<int>(type: "integer", nullable: false),
                    known_detected = table.Column<int>(type: "integer", nullable: false),
                    known_delay_days = table.Column<double>(type: "double precision", nullable: true),
                    injected = table.Column<int>(type: "integer", nullable: false),
                    injected_detected = table.Column<int>(type: "integer", nullable: false),
                    injected_delay_days = table.Column<double>(type: "double precision", nullable: true),
                    first_alarm = table.Column<DateOnly>(type: "date", nullable: true),
                    passed = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_backtests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "signal_revisions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    known_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    feed = table.Column<string>(type: "text", nullable: false),
                    first_day = table.Column<DateOnly>(type: "date", nullable: false),
                    last_day = table.Column<DateOnly>(type: "date", nullable: false),
                    series = table.Column<int[]>(type: "integer[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signal_revisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "signal_series",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    area = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signal_series", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "signal_values",
                columns: table => new
                {
                    series = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signal_values", x => new { x.series, x.at, x.revision });
                });

            migrationBuilder.CreateIndex(
                name: "ix_alarms_day",
                table: "alarms",
                column: "day");

            migrationBuilder.CreateIndex(
                name: "ix_alarms_department_raised_at",
                table: "alarms",
                columns: new[] { "department", "raised_at" });

            migrationBuilder.CreateIndex(
                name: "ix_alarms_event_id",
                table: "alarms",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_alarms_rule_area_day",
                table: "alarms",
                columns: new[] { "rule", "area", "day" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_detection_rules_code",
                table: "detection_rules",
                column: "code",
                unique: true,
                filter: "state = 'Live'");

            migrationBuilder.CreateIndex(
                name: "ix_quarantined_values_stream_kind_area_at_value",
                table: "quarantined_values",
                columns: new[] { "stream", "kind", "area", "at", "value" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_risk_proposals_cell_valid_until",
                table: "risk_proposals",
                columns: new[] { "cell", "valid_until" });

            migrationBuilder.CreateIndex(
                name: "ix_rule_backtests_code_version",
                table: "rule_backtests",
                columns: new[] { "code", "version" });

            migrationBuilder.CreateIndex(
                name: "ix_signal_revisions_stream_id",
                table: "signal_revisions",
                columns: new[] { "stream", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_signal_series_stream_kind_area",
                table: "signal_series",
                columns: new[] { "stream", "kind", "area" },
                unique: true);

            migrationBuilder.Sql(SignalsSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SignalsSql.Down);

            migrationBuilder.DropTable(
                name: "alarm_judgements");

            migrationBuilder.DropTable(
                name: "areas");

            migrationBuilder.DropTable(
                name: "detection_rules");

            migrationBuilder.DropTable(
                name: "judge_marks");

            migrationBuilder.DropTable(
                name: "known_outbreaks");

            migrationBuilder.DropTable(
                name: "quarantined_values");

            migrationBuilder.DropTable(
                name: "risk_proposals");

            migrationBuilder.DropTable(
                name: "rule_backtests");

            migrationBuilder.DropTable(
                name: "signal_revisions");

            migrationBuilder.DropTable(
                name: "signal_series");

            migrationBuilder.DropTable(
                name: "signal_values");

            migrationBuilder.DropIndex(
                name: "ix_alarms_day",
                table: "alarms");

            migrationBuilder.DropIndex(
                name: "ix_alarms_department_raised_at",
                table: "alarms");

            migrationBuilder.DropIndex(
                name: "ix_alarms_event_id",
                table: "alarms");

            migrationBuilder.DropIndex(
                name: "ix_alarms_rule_area_day",
                table: "alarms");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "signal_facts");

            migrationBuilder.DropColumn(
                name: "department",
                table: "alarms");

            migrationBuilder.DropColumn(
                name: "hash",
                table: "alarms");

            migrationBuilder.DropColumn(
                name: "hold",
                table: "alarms");

            migrationBuilder.DropColumn(
                name: "rule",
                table: "alarms");

            migrationBuilder.DropColumn(
                name: "rule_version",
                table: "alarms");

            migrationBuilder.RenameColumn(
                name: "score",
                table: "alarms",
                newName: "sigma");

            migrationBuilder.RenameColumn(
                name: "expected",
                table: "alarms",
                newName: "mean");

            migrationBuilder.AlterColumn<int>(
                name: "observed",
                table: "alarms",
                type: "integer",
                nullable: false,
                oldClrType: typeof(double),
                oldType: "double precision");

            migrationBuilder.CreateTable(
                name: "signal_days",
                columns: table => new
                {
                    stream = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    area = table.Column<string>(type: "text", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    value = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signal_days", x => new { x.stream, x.area, x.day });
                });

            migrationBuilder.CreateIndex(
                name: "ix_alarms_stream_area_day_detector",
                table: "alarms",
                columns: new[] { "stream", "area", "day", "detector" },
                unique: true);
        }
    }
}
