using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.PlaceRegistration.Data.Migrations
{
    /// <inheritdoc />
    public partial class Arrivals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(VisitsSql.AddSource);

            migrationBuilder.AddColumn<Guid[]>(
                name: "ancestors",
                table: "places",
                type: "uuid[]",
                nullable: false,
                defaultValue: new Guid[0]);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "closed_at",
                table: "places",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<TimeOnly>(
                name: "closes_at",
                table: "places",
                type: "time without time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "decided_at",
                table: "places",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "decided_by",
                table: "places",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "offered_to",
                table: "places",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<TimeOnly>(
                name: "opens_at",
                table: "places",
                type: "time without time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "rotates_code",
                table: "places",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "state",
                table: "places",
                type: "text",
                nullable: false,
                defaultValue: "Approved");

            migrationBuilder.AddColumn<string>(
                name: "state_note",
                table: "places",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "uscc",
                table: "places",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "changed_codes",
                columns: table => new
                {
                    citizen_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    heard_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_changed_codes", x => x.citizen_id);
                });

            migrationBuilder.CreateTable(
                name: "crowd_alerts",
                columns: table => new
                {
                    place_id = table.Column<Guid>(type: "uuid", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_crowd_alerts", x => x.place_id);
                });

            migrationBuilder.CreateTable(
                name: "devices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    place_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    registered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_devices", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "plate_reads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    place_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sealed_plate = table.Column<byte[]>(type: "bytea", nullable: false),
                    plate_lookup = table.Column<byte[]>(type: "bytea", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plate_reads", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "trips",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    vehicle_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<Guid>(type: "uuid", nullable: false),
                    line = table.Column<string>(type: "text", nullable: false),
                    departs_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    stops = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_trips", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "truth_samples",
                columns: table => new
                {
                    visit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    place_id = table.Column<Guid>(type: "uuid", nullable: false),
                    entered_by = table.Column<Guid>(type: "uuid", nullable: false),
                    arrived_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    sampled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_true = table.Column<bool>(type: "boolean", nullable: true),
                    checked_by = table.Column<Guid>(type: "uuid", nullable: true),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_truth_samples", x => x.visit_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_places_ancestors",
                table: "places",
                column: "ancestors")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.CreateIndex(
                name: "ix_places_pending",
                table: "places",
                column: "id",
                filter: "state = 'Pending'");

            migrationBuilder.CreateIndex(
                name: "ix_devices_place_id_key",
                table: "devices",
                columns: new[] { "place_id", "key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plate_reads_plate_lookup_read_at",
                table: "plate_reads",
                columns: new[] { "plate_lookup", "read_at" });

            migrationBuilder.CreateIndex(
                name: "ix_plate_reads_read_at",
                table: "plate_reads",
                column: "read_at");

            migrationBuilder.CreateIndex(
                name: "ix_trips_vehicle_id_departs_at",
                table: "trips",
                columns: new[] { "vehicle_id", "departs_at" });

            migrationBuilder.CreateIndex(
                name: "ix_trips_vehicle_id_key",
                table: "trips",
                columns: new[] { "vehicle_id", "key" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(VisitsSql.DropSource);

            migrationBuilder.DropTable(
                name: "changed_codes");

            migrationBuilder.DropTable(
                name: "crowd_alerts");

            migrationBuilder.DropTable(
                name: "devices");

            migrationBuilder.DropTable(
                name: "plate_reads");

            migrationBuilder.DropTable(
                name: "trips");

            migrationBuilder.DropTable(
                name: "truth_samples");

            migrationBuilder.DropIndex(
                name: "ix_places_ancestors",
                table: "places");

            migrationBuilder.DropIndex(
                name: "ix_places_pending",
                table: "places");

            migrationBuilder.DropColumn(
                name: "ancestors",
                table: "places");

            migrationBuilder.DropColumn(
                name: "closed_at",
                table: "places");

            migrationBuilder.DropColumn(
                name: "closes_at",
                table: "places");

            migrationBuilder.DropColumn(
                name: "decided_at",
                table: "places");

            migrationBuilder.DropColumn(
                name: "decided_by",
                table: "places");

            migrationBuilder.DropColumn(
                name: "offered_to",
                table: "places");

            migrationBuilder.DropColumn(
                name: "opens_at",
                table: "places");

            migrationBuilder.DropColumn(
                name: "rotates_code",
                table: "places");

            migrationBuilder.DropColumn(
                name: "state",
                table: "places");

            migrationBuilder.DropColumn(
                name: "state_note",
                table: "places");

            migrationBuilder.DropColumn(
                name: "uscc",
                table: "places");
        }
    }
}
