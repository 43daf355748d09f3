using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.Messaging;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>What an ended application brings with it, whichever request ended it: the certificate, the place given back, the news. The caller saves.</summary>
internal sealed class CloseApplication(GovernmentServicesDb db, ServiceCatalogue catalogue, IssueCertificate certificates)
{
    public async Task IfEndedAsync(Application application, ApplicationContent content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (application.IsOpen) return;
        if (application.State == ApplicationState.Approved && catalogue.Of(application).Definition is { Certificate: { } certificate } service)
        {
            await certificates.IssueAsync(application, service, certificate, content, now, cancellationToken);
            application.Note(EntryKind.CertificateIssued, now, department: service.Department);
        }

        if (application is { State: not ApplicationState.Approved, BookingId: { } booking }) db.Add(new ReturnedBooking { ApplicationId = application.Id, BookingId = booking });
        db.Publish(new ApplicationDecided(application.Id, application.Service, application.State.ToString().ToLowerInvariant(), now), application.Id);
    }
}
