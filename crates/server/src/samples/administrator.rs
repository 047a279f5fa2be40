//! An administrator inside the process.

use anyhow::{Context, bail};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use contract::{Service, ServiceMeta};
use crypto::sigv4::{Credentials, Payload, RequestParts, Rules, Signing, sign};
use edge::Front;
use kernel::{Clock, Region};
use serde_json::Value;
use std::sync::Arc;
use url::form_urlencoded;

/// An administrator inside the process: signs its calls and sends them to the front door.
#[derive(Debug)]
pub struct Administrator {
    /// What answers.
    pub front: Arc<Front>,
    /// The key to sign with.
    pub credentials: Credentials,
    /// The region to sign for.
    pub region: Region,
    /// The host to ask.
    pub host: String,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl Administrator {
    /// Calls an operation of a JSON service.
    ///
    /// # Errors
    /// What the service answered, when it refused.
    pub async fn call(&self, service: Service, operation: &str, input: Value) -> anyhow::Result<Value> {
        let meta = service.meta();
        let target = format!("{}.{operation}", meta.target_prefix.context("a service of targets")?);
        let (status, answer) = self.ask(meta, Rules::JSON, ("x-amz-target", &target), input.to_string()).await?;
        if status != 200 {
            bail!("{operation} was refused: {}", String::from_utf8_lossy(&answer));
        }
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// Calls an action of IAM; what it answers is XML.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn act(&self, action: &str, parameters: &[(&str, &str)]) -> anyhow::Result<(u16, String)> {
        let meta = Service::Iam.meta();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", meta.api_version).extend_pairs(parameters);
        let header = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let (status, answer) = self.ask(meta, Rules::QUERY, header, form.finish()).await?;
        Ok((status, String::from_utf8_lossy(&answer).into_owned()))
    }

    async fn ask(
        &self,
        service: &ServiceMeta,
        rules: Rules,
        header: (&str, &str),
        body: String,
    ) -> anyhow::Result<(u16, Bytes)> {
        let signing = Signing { region: self.region.as_str(), service: service.name, time: self.clock.now(), rules };
        let date = signing.timestamp();
        let headers =
            [("host", self.host.as_bytes()), ("x-amz-date", date.as_bytes()), (header.0, header.1.as_bytes())];
        let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, body.as_bytes()).as_ref());
        let authorization = sign(&parts, &self.credentials, &signing, Payload::Sha256(&hash));
        let request = http::Request::post("/")
            .header("host", &self.host)
            .header("x-amz-date", &date)
            .header(header.0, header.1)
            .header("authorization", authorization)
            .body(Bytes::from(body))?;
        Ok(self.front.ask(request).await)
    }
}
