using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.GovernmentServices.Data.Migrations
{
    /// <inheritdoc />
    public partial class BookingEngine : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_bookings_slots_slot_id",
                table: "bookings");

            migrationBuilder.DropIndex(
                name: "ix_bookings_slot_id_account_id",
                table: "bookings");

            migrationBuilder.RenameColumn(
                name: "slot_id",
                table: "bookings",
                newName: "bookable_id");

            migrationBuilder.RenameColumn(
                name: "cancelled_at",
                table: "bookings",
                newName: "ended_at");

            migrationBuilder.RenameIndex(
                name: "ix_bookings_slot_id",
                table: "bookings",
                newName: "ix_bookings_bookable_id");

            migrationBuilder.AddColumn<string>(
                name: "channel",
                table: "bookings",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "held_until",
                table: "bookings",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ends_at",
                table: "bookings",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<short>(
                name: "ordinal",
                table: "bookings",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "quantity",
                table: "bookings",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "service",
                table: "bookings",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "state",
                table: "bookings",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "assistants",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_assistants", x => x.account_id);
                });

            migrationBuilder.CreateTable(
                name: "bookables",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    mode = table.Column<string>(type: "text", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    service = table.Column<string>(type: "text", nullable: false),
                    place = table.Column<string>(type: "text", nullable: false),
                    cell = table.Column<string>(type: "text", nullable: true),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    opens_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    draw_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    capacity = table.Column<int>(type: "integer", nullable: false),
                    per_person = table.Column<int>(type: "integer", nullable: false),
                    quotas = table.Column<string>(type: "jsonb", nullable: false),
                    hold_for = table.Column<TimeSpan>(type: "interval", nullable: true),
                    admit_per_second = table.Column<int>(type: "integer", nullable: false),
                    eligibility = table.Column<string>(type: "text", nullable: true),
                    sealed_seed = table.Column<byte[]>(type: "bytea", nullable: true),
                    seed_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    booked = table.Column<int>(type: "integer", nullable: false),
                    fence = table.Column<long>(type: "bigint", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    drawn_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    entries_digest = table.Column<byte[]>(type: "bytea", nullable: true),
                    officer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    offer_key = table.Column<Guid>(type: "uuid", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    position_latitude = table.Column<double>(type: "double precision", nullable: true),
                    position_longitude = table.Column<double>(type: "double precision", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bookables", x => x.id);
                    table.CheckConstraint("ck_bookables_booked", "booked BETWEEN 0 AND capacity");
                });

            migrationBuilder.CreateTable(
                name: "booking_facts",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    age_band = table.Column<string>(type: "text", nullable: false),
                    agreed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_booking_facts", x => x.account_id);
                });

            migrationBuilder.CreateTable(
                name: "booking_partition",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false),
                    replica_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_booking_partition", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "booking_replica",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_booking_replica", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "returned_bookings",
                columns: table => new
                {
                    application_id = table.Column<Guid>(type: "uuid", nullable: false),
                    booking_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_returned_bookings", x => x.application_id);
                    table.ForeignKey(
                        name: "fk_returned_bookings_bookings_booking_id",
                        column: x => x.booking_id,
                        principalTable: "bookings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "booking_hours",
                columns: table => new
                {
                    bookable_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hour = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    refused = table.Column<int>(type: "integer", nullable: false),
                    untold = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_booking_hours", x => new { x.bookable_id, x.hour });
                    table.ForeignKey(
                        name: "fk_booking_hours_bookables_bookable_id",
                        column: x => x.bookable_id,
                        principalTable: "bookables",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "lottery_entries",
                columns: table => new
                {
                    bookable_id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<Guid>(type: "uuid", nullable: false),
                    entered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lottery_entries", x => new { x.bookable_id, x.account_id });
                    table.ForeignKey(
                        name: "fk_lottery_entries_bookables_bookable_id",
                        column: x => x.bookable_id,
                        principalTable: "bookables",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "queue_places",
                columns: table => new
                {
                    bookable_id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    joined_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    place = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_queue_places", x => new { x.bookable_id, x.account_id });
                    table.ForeignKey(
                        name: "fk_queue_places_bookables_bookable_id",
                        column: x => x.bookable_id,
                        principalTable: "bookables",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            // What was a slot is a bookable now; every booking so far was one place, by the person or their family.
            migrationBuilder.Sql("""
                INSERT INTO bookables (id, kind, mode, department, service, place, starts_at, ends_at, opens_at, capacity, per_person, quotas, admit_per_second,
                    booked, fence, officer_id, offer_key, request_hash, position_latitude, position_longitude)
                SELECT id, 'Slot', 'FirstCome', department, service, place, starts_at, ends_at, least(now(), starts_at - interval '1 second'), capacity, 1, '{}', 0,
                    booked, 0, officer_id, offer_key, request_hash, position_latitude, position_longitude
                FROM slots;
                UPDATE bookings SET service = b.service, ends_at = b.ends_at, quantity = 1, channel = 'Online',
                    state = CASE WHEN bookings.ended_at IS NULL THEN 'Booked' ELSE 'Cancelled' END,
                    ordinal = CASE WHEN bookings.ended_at IS NULL THEN n.number END
                FROM bookables b, (
                    SELECT k.id, row_number() OVER (PARTITION BY k.account_id, s.service, k.ended_at IS NULL ORDER BY k.id) AS number
                    FROM bookings k JOIN slots s ON s.id = k.bookable_id) n
                WHERE b.id = bookings.bookable_id AND n.id = bookings.id;
                INSERT INTO booking_partition (number) SELECT generate_series(0, 15);
                """);

            migrationBuilder.DropTable(
                name: "slots");

            migrationBuilder.CreateIndex(
                name: "ix_bookings_account_id_service_ordinal",
                table: "bookings",
                columns: new[] { "account_id", "service", "ordinal" },
                unique: true,
                filter: "ordinal IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_bookings_bookable_id_account_id",
                table: "bookings",
                columns: new[] { "bookable_id", "account_id" },
                unique: true,
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_bookables_due_at",
                table: "bookables",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_bookables_ends_at",
                table: "bookables",
                column: "ends_at");

            migrationBuilder.CreateIndex(
                name: "ix_bookables_officer_id_offer_key",
                table: "bookables",
                columns: new[] { "officer_id", "offer_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_bookables_starts_at_id",
                table: "bookables",
                columns: new[] { "starts_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_queue_places_bookable_id_place",
                table: "queue_places",
                columns: new[] { "bookable_id", "place" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_returned_bookings_booking_id",
                table: "returned_bookings",
                column: "booking_id");

            migrationBuilder.AddForeignKey(
                name: "fk_bookings_bookables_bookable_id",
                table: "bookings",
                column: "bookable_id",
                principalTable: "bookables",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_bookings_bookables_bookable_id",
                table: "bookings");

            migrationBuilder.DropTable(
                name: "assistants");

            migrationBuilder.DropTable(
                name: "booking_facts");

            migrationBuilder.DropTable(
                name: "booking_hours");

            migrationBuilder.DropTable(
                name: "booking_partition");

            migrationBuilder.DropTable(
                name: "booking_replica");

            migrationBuilder.DropTable(
                name: "lottery_entries");

            migrationBuilder.DropTable(
                name: "queue_places");

            migrationBuilder.DropTable(
                name: "returned_bookings");

            migrationBuilder.DropTable(
                name: "bookables");

            migrationBuilder.DropIndex(
                name: "ix_bookings_account_id_service_ordinal",
                table: "bookings");

            migrationBuilder.DropIndex(
                name: "ix_bookings_bookable_id_account_id",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "channel",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "held_until",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "ends_at",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "ordinal",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "quantity",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "service",
                table: "bookings");

            migrationBuilder.DropColumn(
                name: "state",
                table: "bookings");

            migrationBuilder.RenameColumn(
                name: "ended_at",
                table: "bookings",
                newName: "cancelled_at");

            migrationBuilder.RenameColumn(
                name: "bookable_id",
                table: "bookings",
                newName: "slot_id");

            migrationBuilder.RenameIndex(
                name: "ix_bookings_bookable_id",
                table: "bookings",
                newName: "ix_bookings_slot_id");

            migrationBuilder.CreateTable(
                name: "slots",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    booked = table.Column<int>(type: "integer", nullable: false),
                    capacity = table.Column<int>(type: "integer", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    offer_key = table.Column<Guid>(type: "uuid", nullable: false),
                    officer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    place = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    service = table.Column<string>(type: "text", nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    position_latitude = table.Column<double>(type: "double precision", nullable: true),
                    position_longitude = table.Column<double>(type: "double precision", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_slots", x => x.id);
                    table.CheckConstraint("ck_slots_booked", "booked BETWEEN 0 AND capacity");
                });

            migrationBuilder.CreateIndex(
                name: "ix_bookings_slot_id_account_id",
                table: "bookings",
                columns: new[] { "slot_id", "account_id" },
                unique: true,
                filter: "cancelled_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_slots_ends_at",
                table: "slots",
                column: "ends_at");

            migrationBuilder.CreateIndex(
                name: "ix_slots_officer_id_offer_key",
                table: "slots",
                columns: new[] { "officer_id", "offer_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_slots_starts_at_id",
                table: "slots",
                columns: new[] { "starts_at", "id" });

            migrationBuilder.AddForeignKey(
                name: "fk_bookings_slots_slot_id",
                table: "bookings",
                column: "slot_id",
                principalTable: "slots",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);
        }
    }
}
