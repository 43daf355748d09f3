using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.EarlyWarning.Data.Migrations
{
    /// <inheritdoc />
    public partial class RuleChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "change",
                table: "rule_backtests",
                type: "jsonb",
                nullable: false,
                defaultValue: "{\"lessons\":[]}");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "change",
                table: "rule_backtests");
        }
    }
}
