using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.GovernmentServices.Data.Migrations
{
    /// <inheritdoc />
    public partial class ReportChannels : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "channel",
                table: "reports",
                type: "text",
                nullable: false,
                defaultValue: "App");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "channel",
                table: "reports");
        }
    }
}
