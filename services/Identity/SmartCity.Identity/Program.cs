using SmartCity.Identity;
using SmartCity.Identity.Data;
using SmartCity.Identity.Features.Auditing;
using SmartCity.Identity.Features.Consents;
using SmartCity.Identity.Features.Keys;
using SmartCity.Identity.Features.People;
using SmartCity.Identity.Features.Staff;
using SmartCity.Identity.Features.Tokens;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("identity", typeof(Program).Assembly);
builder.AddPersonalData();
builder.AddDatabase<IdentityDb>("identity-db");
builder.AddProvider();
builder.AddGrants();

var app = builder.Build();
app.UseGatewayAddresses();
app.UseServiceDefaults();
Discovery.Map(app);
GetToken.Map(app);
SignOut.Map(app);

var features = app.MapFeatures();
RequestPhoneCode.Map(features);
GetMe.Map(features);
EnrolTotp.Map(features);
ChangePassword.Map(features);
CreateStaffAccount.Map(features);
ManageStaffAccounts.Map(features);
GiveConsent.Map(features);
ListConsents.Map(features);
RevokeConsent.Map(features);
ReadAudit.Map(features);
await app.RunAsync();
