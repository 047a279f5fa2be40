use testkit::prelude::*;

const ARN: &str = "arn:aws:iam::123456789012:saml-provider/Corp";
const NAMED: [(&str, &str); 1] = [("SAMLProviderArn", ARN)];

/// Metadata is at least a thousand characters long.
fn metadata(until: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         entityID=\"https://idp.example\" validUntil=\"{until}\">\n  <!-- {} & ü -->\n  <md:IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>\n</md:EntityDescriptor>",
        "x".repeat(1_000)
    )
}

#[cognate_test]
async fn cr_11_a_provider_is_shown_with_its_metadata_changed_and_forgotten(app: App) {
    let first = metadata("2030-01-01T00:00:00Z");
    let made =
        app.query(Service::Iam, "CreateSAMLProvider", &[("Name", "Corp"), ("SAMLMetadataDocument", &first)]).await;
    made.expect_ok();
    assert_eq!(made.value("CreateSAMLProviderResult.SAMLProviderArn"), ARN);
    let again =
        app.query(Service::Iam, "CreateSAMLProvider", &[("Name", "CORP"), ("SAMLMetadataDocument", &first)]).await;
    again.expect_refusal(409, "EntityAlreadyExists");
    let shown = app.query(Service::Iam, "GetSAMLProvider", &NAMED).await;
    assert_eq!(shown.value("GetSAMLProviderResult.SAMLMetadataDocument"), first);
    assert_eq!(shown.value("GetSAMLProviderResult.ValidUntil"), "2030-01-01T00:00:00Z");
    let second = metadata("2031-01-01T00:00:00Z");
    let renewed = [NAMED[0], ("SAMLMetadataDocument", second.as_str())];
    app.query(Service::Iam, "UpdateSAMLProvider", &renewed).await.expect_ok();
    let listed = app.query(Service::Iam, "ListSAMLProviders", &[]).await;
    assert_eq!(listed.values("ListSAMLProvidersResult.SAMLProviderList.member.Arn"), [ARN]);
    assert_eq!(listed.value("ListSAMLProvidersResult.SAMLProviderList.member.ValidUntil"), "2031-01-01T00:00:00Z");
    app.query(Service::Iam, "DeleteSAMLProvider", &NAMED).await.expect_ok();
    let sentence = format!("Manifest not found for arn {ARN}");
    for op in ["GetSAMLProvider", "DeleteSAMLProvider", "ListSAMLProviderTags", "UpdateSAMLProvider"] {
        app.query(Service::Iam, op, &NAMED).await.expect_error(404, "NoSuchEntity", &sentence);
    }
}

#[cognate_test]
async fn what_is_no_metadata_and_keys_for_encryption_are_refused(app: App) {
    for bad in ["x".repeat(2_000), metadata("soon"), metadata("2030-01-01T00:00:00Z").replace("IDPSSO", "SPSSO")] {
        let refused =
            app.query(Service::Iam, "CreateSAMLProvider", &[("Name", "Corp"), ("SAMLMetadataDocument", &bad)]).await;
        refused.expect_error(400, "InvalidInput", "Could not parse metadata");
    }
    let good = metadata("2030-01-01T00:00:00Z");
    let given = [("Name", "Corp"), ("SAMLMetadataDocument", good.as_str()), ("AssertionEncryptionMode", "Required")];
    app.query(Service::Iam, "CreateSAMLProvider", &given).await.expect_refusal(400, "InvalidInput");
    app.query(Service::Iam, "GetSAMLProvider", &NAMED).await.expect_refusal(404, "NoSuchEntity");
}
