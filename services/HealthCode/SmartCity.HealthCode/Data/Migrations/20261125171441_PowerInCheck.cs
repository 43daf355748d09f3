using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.HealthCode.Data.Migrations
{
    /// <inheritdoc />
    public partial class PowerInCheck : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "appeals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    citizen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    color = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    rule = table.Column<string>(type: "text", nullable: false),
                    policy_version = table.Column<string>(type: "text", nullable: false),
                    evidence = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    sealed_text = table.Column<byte[]>(type: "bytea", nullable: false),
                    filed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    first_officers = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    outcome = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: true),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    sealed_answer = table.Column<byte[]>(type: "bytea", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appeals", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "city_walks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    policy_version = table.Column<string>(type: "text", nullable: true),
                    cell = table.Column<string>(type: "text", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    position = table.Column<Guid>(type: "uuid", nullable: false),
                    looked = table.Column<long>(type: "bigint", nullable: false),
                    changed = table.Column<long>(type: "bigint", nullable: false),
                    failed = table.Column<long>(type: "bigint", nullable: false),
                    moved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_city_walks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "dry_run_counts",
                columns: table => new
                {
                    walk_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule = table.Column<string>(type: "text", nullable: false),
                    district = table.Column<string>(type: "text", nullable: false),
                    birth_decade = table.Column<short>(type: "smallint", nullable: false),
                    from = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    to = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    people = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dry_run_counts", x => new { x.walk_id, x.rule, x.district, x.birth_decade, x.from, x.to });
                });

            migrationBuilder.CreateTable(
                name: "dry_run_samples",
                columns: table => new
                {
                    walk_id = table.Column<Guid>(type: "uuid", nullable: false),
                    citizen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule = table.Column<string>(type: "text", nullable: false),
                    from = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    to = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dry_run_samples", x => new { x.walk_id, x.citizen_id });
                });

            migrationBuilder.CreateTable(
                name: "notices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    citizen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    reference = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "override_orders",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    reason = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    color = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    people = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    proposed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    proposed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    approved_by = table.Column<Guid>(type: "uuid", nullable: true),
                    approved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_by = table.Column<Guid>(type: "uuid", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_override_orders", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "policies",
                columns: table => new
                {
                    version = table.Column<string>(type: "text", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false),
                    drafted_by = table.Column<Guid>(type: "uuid", nullable: false),
                    drafted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    approvers = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    percent = table.Column<int>(type: "integer", nullable: false),
                    districts = table.Column<string[]>(type: "text[]", nullable: false),
                    released_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    rolled_back_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies", x => x.version);
                });

            migrationBuilder.CreateTable(
                name: "public_log",
                columns: table => new
                {
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    previous = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_public_log", x => x.seq);
                });

            migrationBuilder.CreateIndex(
                name: "ix_citizens_home_cell",
                table: "citizens",
                column: "home_cell");

            migrationBuilder.CreateIndex(
                name: "ix_appeals_due_at",
                table: "appeals",
                column: "due_at",
                filter: "decided_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_appeals_filed_at",
                table: "appeals",
                column: "filed_at");

            migrationBuilder.CreateIndex(
                name: "ix_appeals_open",
                table: "appeals",
                column: "citizen_id",
                unique: true,
                filter: "decided_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_city_walks_started_at",
                table: "city_walks",
                column: "started_at",
                filter: "finished_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notices_citizen_id_id",
                table: "notices",
                columns: new[] { "citizen_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_override_orders_proposed_by_proposed_at",
                table: "override_orders",
                columns: new[] { "proposed_by", "proposed_at" });

            migrationBuilder.Sql("""
                -- Who was in a cell is asked when its level of risk changes.
                CREATE INDEX ix_evidence_trip_cell ON evidence ((detail ->> 'cell')) WHERE kind = 'Trip';

                -- The public log is only added to, whoever asks.
                CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the public log is only added to' USING ERRCODE = 'insufficient_privilege';
                END $$;
                CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON public_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER only_added_to ON public_log; DROP FUNCTION refuse_change(); DROP INDEX ix_evidence_trip_cell;");

            migrationBuilder.DropTable(
                name: "appeals");

            migrationBuilder.DropTable(
                name: "city_walks");

            migrationBuilder.DropTable(
                name: "dry_run_counts");

            migrationBuilder.DropTable(
                name: "dry_run_samples");

            migrationBuilder.DropTable(
                name: "notices");

            migrationBuilder.DropTable(
                name: "override_orders");

            migrationBuilder.DropTable(
                name: "policies");

            migrationBuilder.DropTable(
                name: "public_log");

            migrationBuilder.DropIndex(
                name: "ix_citizens_home_cell",
                table: "citizens");
        }
    }
}
