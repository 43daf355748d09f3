using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>An approved application becomes a certificate, in the same commit.</summary>
internal sealed class IssueCertificate(GovernmentServicesDb db, SigningKeys keys, CityDirectory directory, IOptions<CertificateOptions> options, PersonalData personalData)
{
    // Beyond half a list, free places are found less and less often at the first try.
    private const int MostInList = StatusList.Length / 2;

    public async Task IssueAsync(
        Application application, ServiceDefinition service, CertificateDefinition definition, ApplicationContent content, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var last = await db.Certificates.OrderByDescending(certificate => certificate.StatusList).Select(certificate => (int?)certificate.StatusList).FirstOrDefaultAsync(cancellationToken) ?? 1;
        var list = await db.Certificates.CountAsync(certificate => certificate.StatusList == last, cancellationToken) < MostInList ? last : last + 1;
        var id = Guid.CreateVersion7(now);
        // Random: neither number nor index tells how many certificates there are, or who came before whom. One that is taken fails on its unique index and is drawn anew.
        var (index, serial) = (RandomNumberGenerator.GetInt32(StatusList.Length), Convert.ToHexString(RandomNumberGenerator.GetBytes(10)));
        var number = CertificateNumber.Create(definition.TypeCode, directory.CreditCodes[service.Department], serial).Value;
        var until = now + definition.ValidFor;
        var address = options.Value.Address;
        var statement = new CertificateStatement(
            number, definition.Type, address, directory.Departments[service.Department].Zh, now, until, $"{address}/status/{list.ToString(CultureInfo.InvariantCulture)}", index);
        var claims = definition.Fields.Where(content.Form.ContainsKey).ToDictionary(field => field, field => JsonNode.Parse(content.Form[field].GetRawText()));
        var credential = CertificateCredential.Issue(statement, claims, await keys.SignerAsync(cancellationToken));
        db.Add(new Certificate
        {
            Id = id, AccountId = application.AccountId, ApplicationId = application.Id, Number = number, Type = definition.Type, Service = service.Key,
            ServiceVersion = service.Version, Department = service.Department, SealedCredential = personalData.Seal(credential, id), IssuedAt = now, ValidUntil = until,
            StatusList = list, StatusIndex = index,
        });
    }
}
