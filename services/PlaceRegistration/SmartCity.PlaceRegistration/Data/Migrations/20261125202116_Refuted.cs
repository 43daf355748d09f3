using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.PlaceRegistration.Data.Migrations
{
    /// <inheritdoc />
    public partial class Refuted : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "refuted_at",
                table: "exposures",
                type: "timestamp with time zone",
                nullable: true);
            migrationBuilder.Sql(TracingSql.ZonesOfEveryLevel);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(TracingSql.ZonesOfOneLevel);
            migrationBuilder.DropColumn(
                name: "refuted_at",
                table: "exposures");
        }
    }
}
