using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.HealthCode.Data.Migrations
{
    /// <inheritdoc />
    public partial class EvidenceKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "detail",
                table: "evidence",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "source",
                table: "evidence",
                type: "character varying(30)",
                maxLength: 30,
                nullable: false,
                defaultValue: "Laboratory");

            migrationBuilder.Sql("UPDATE evidence SET source = 'PlaceRegistration' WHERE kind = 'Exposure'; ALTER TABLE evidence ALTER source DROP DEFAULT;");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "until",
                table: "evidence",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "birth_decade",
                table: "citizens",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "access_log",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "area_risks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    cell = table.Column<string>(type: "text", nullable: false),
                    level = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    ground = table.Column<string>(type: "text", nullable: false),
                    proposed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    valid_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    accepted = table.Column<bool>(type: "boolean", nullable: false),
                    withdrawn_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_area_risks", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_area_risks_cell",
                table: "area_risks",
                column: "cell");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "area_risks");

            migrationBuilder.DropColumn(
                name: "detail",
                table: "evidence");

            migrationBuilder.DropColumn(
                name: "source",
                table: "evidence");

            migrationBuilder.DropColumn(
                name: "until",
                table: "evidence");

            migrationBuilder.DropColumn(
                name: "birth_decade",
                table: "citizens");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "access_log");
        }
    }
}
