//! A request's way: find the call, read its parameters, run it, answer.

use std::time::SystemTime;

use axum::body::Body;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};

use crate::control::cloud::Cloud;
use crate::youku::error::ApiError;
use crate::youku::host::Host;
use crate::youku::json::json_response;
use crate::youku::operation::Operation;
use crate::youku::params::Params;
use crate::youku::state::{ApiResult, YoukuService};

impl YoukuService {
    async fn call(&self, parts: &Parts, body: Body) -> ApiResult {
        let operation = Operation::from_parts(parts).filter(|operation| operation.allows(&parts.method));
        let operation = operation.ok_or_else(ApiError::no_such_call)?;
        if operation == Operation::Create
            && parts.method == Method::GET
            && !self.state().switches.create_takes_get
        {
            return Err(ApiError::no_such_call());
        }
        operation.check_host(Host::split_path(parts.uri.path()).0, &self.state().switches)?;
        if operation == Operation::UploadSlice {
            let params = Params::from_query(parts);
            self.expire_if_scripted(operation, &params);
            return self.upload_slice(&params, body).await;
        }
        let params = Params::read(parts, body).await?;
        self.expire_if_scripted(operation, &params);
        match operation {
            Operation::Create => self.create(&params),
            Operation::Sts => self.sts(&params),
            Operation::Commit => self.commit(params).await,
            Operation::Cancel => self.cancel(&params),
            Operation::Show => self.show(&params),
            Operation::ShowBatch => self.show_batch(&params),
            Operation::ByMe => self.by_me(&params),
            Operation::Update => self.update(&params),
            Operation::Destroy => self.destroy(&params),
            Operation::MyInfo => self.my_info(&params),
            Operation::Refresh => self.refresh(&params),
            Operation::CreateFile => self.create_file(&params),
            Operation::NewSlice => self.new_slice(&params),
            Operation::Check => self.check(&params),
            Operation::UploadSlice => Err(ApiError::no_such_call()),
        }
    }

    /// The token of a POST is in its body, so fault `expire` takes effect here, after the form is read.
    fn expire_if_scripted(&self, operation: Operation, params: &Params) {
        let mut state = self.state();
        match state.expiring.get_mut(&operation) {
            Some(count) if *count > 0 => *count -= 1,
            _ => return,
        }
        if operation.is_on_slice_server() {
            if let Some(session) = params.get("upload_token").and_then(|token| state.sessions.get_mut(token))
            {
                session.expires = SystemTime::UNIX_EPOCH;
            }
        } else if let Some(token) = params.get("access_token") {
            state.tokens.expire(token);
        }
    }
}

impl Cloud for YoukuService {
    fn operation(&self, parts: &Parts) -> String {
        Operation::from_parts(parts).map_or("unknown", Operation::name).to_owned()
    }

    fn expire(&self, parts: &Parts) {
        if let Some(operation) = Operation::from_parts(parts) {
            *self.state().expiring.entry(operation).or_default() += 1;
        }
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        let mut answer = ApiError::from_rule(status, code).to_response(&self.state().switches);
        self.0.clock.stamp(&mut answer);
        answer
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        if parts.uri.path().starts_with("/_sandbox") {
            return self.inspect(&parts, body).await;
        }
        let mut answer = match self.call(&parts, body).await {
            Ok((status, value)) => json_response(status, &value),
            Err(refusal) => refusal.to_response(&self.state().switches),
        };
        self.0.clock.stamp(&mut answer);
        answer
    }
}
