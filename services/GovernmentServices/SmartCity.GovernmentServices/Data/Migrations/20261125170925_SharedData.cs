using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SmartCity.GovernmentServices.Data.Migrations
{
    /// <inheritdoc />
    public partial class SharedData : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "data_assets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    current = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_assets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "signing_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<string>(type: "text", nullable: false),
                    x = table.Column<string>(type: "text", nullable: false),
                    y = table.Column<string>(type: "text", nullable: false),
                    private_key_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    signs_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signing_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "data_asset_entries",
                columns: table => new
                {
                    asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    sensitivity = table.Column<string>(type: "text", nullable: false),
                    legal_base = table.Column<string>(type: "text", nullable: false),
                    frequency = table.Column<string>(type: "text", nullable: false),
                    dataset = table.Column<string>(type: "text", nullable: true),
                    proposed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    proposed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    proposal_key = table.Column<Guid>(type: "uuid", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    accepted = table.Column<bool>(type: "boolean", nullable: true),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    certificate = table.Column<string>(type: "text", nullable: true),
                    description_en = table.Column<string>(type: "text", nullable: false),
                    description_zh = table.Column<string>(type: "text", nullable: false),
                    name_en = table.Column<string>(type: "text", nullable: false),
                    name_zh = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_asset_entries", x => new { x.asset_id, x.revision });
                    table.ForeignKey(
                        name: "fk_data_asset_entries_data_assets_asset_id",
                        column: x => x.asset_id,
                        principalTable: "data_assets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "data_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    legal_base = table.Column<string>(type: "text", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    asked_by = table.Column<Guid>(type: "uuid", nullable: false),
                    asked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    request_key = table.Column<Guid>(type: "uuid", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    granted = table.Column<bool>(type: "boolean", nullable: true),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_requests", x => x.id);
                    table.ForeignKey(
                        name: "fk_data_requests_data_assets_asset_id",
                        column: x => x.asset_id,
                        principalTable: "data_assets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "data_reads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: false),
                    asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    department = table.Column<string>(type: "text", nullable: false),
                    read_by = table.Column<Guid>(type: "uuid", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    evidence = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_reads", x => x.id);
                    table.ForeignKey(
                        name: "fk_data_reads_data_requests_request_id",
                        column: x => x.request_id,
                        principalTable: "data_requests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_data_asset_entries_asset_id",
                table: "data_asset_entries",
                column: "asset_id",
                unique: true,
                filter: "accepted IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_data_asset_entries_proposed_by_proposal_key",
                table: "data_asset_entries",
                columns: new[] { "proposed_by", "proposal_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_data_assets_state_id",
                table: "data_assets",
                columns: new[] { "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_data_reads_asset_id_id",
                table: "data_reads",
                columns: new[] { "asset_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_data_reads_request_id",
                table: "data_reads",
                column: "request_id");

            migrationBuilder.CreateIndex(
                name: "ix_data_requests_asked_by_request_key",
                table: "data_requests",
                columns: new[] { "asked_by", "request_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_data_requests_asset_id",
                table: "data_requests",
                column: "asset_id");

            migrationBuilder.CreateIndex(
                name: "ix_data_requests_department_id",
                table: "data_requests",
                columns: new[] { "department", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_data_requests_due_at",
                table: "data_requests",
                column: "due_at",
                filter: "granted IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_data_requests_owner_id",
                table: "data_requests",
                columns: new[] { "owner", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_signing_keys_key_id",
                table: "signing_keys",
                column: "key_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_asset_entries");

            migrationBuilder.DropTable(
                name: "data_reads");

            migrationBuilder.DropTable(
                name: "signing_keys");

            migrationBuilder.DropTable(
                name: "data_requests");

            migrationBuilder.DropTable(
                name: "data_assets");
        }
    }
}
