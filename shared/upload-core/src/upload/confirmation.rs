//! Confirms a claim, while what promises nothing is read: the preflight, and an object of unknown MD5.

use crate::{
    Error, Object, Preflight, PreflightReport, RunContext, Stage, Uploader,
    ledger::{LeasedUpload, State},
    retry::RetryBudget,
    transfer::Transfer,
    upload::{preflight::probe, shortcuts::may_omit_md5},
};

impl Uploader {
    /// Confirms the claim before anything is decided. Meanwhile runs what promises nothing: whether Youku may be called, the preflight, and
    /// after it the reading of an object of unknown MD5. `turns_off`: the caller wants no preflight.
    ///
    /// # Errors
    /// [`NotPublishable`](crate::ErrorKind::NotPublishable) where the preflight refuses the object.
    pub(super) async fn confirm_claim(
        &self,
        upload: &mut LeasedUpload,
        turns_off: bool,
        retry: &RetryBudget,
        run: &RunContext,
    ) -> Result<Option<Object>, Error> {
        let request = upload.request()?;
        let hint = request.job.md5.is_some() || request.object.stated_md5.is_some();
        let stated = request.object.md5.is_some() || hint && !upload.record().was_refused_for_hash();
        let shortcuts = self.refused_shortcuts.remaining(self.settings.shortcuts);
        let settled = stated || may_omit_md5(shortcuts, &request, upload.record());
        let callable = self.ensure_callable(&request.job.account, upload.record().state);
        let is_measured = upload.record().state == State::Claimed && !settled;
        let mode = upload.record().preflight_mode().filter(|_| !turns_off);
        let reading = async {
            let report = match mode {
                None => None,
                Some(_) => {
                    let probing = probe(&*self.source, &request.object, self.settings.limits, retry);
                    Some(PreflightReport::from(&probing.await?))
                }
            };
            let is_lost =
                mode == Some(Preflight::Refuse) && report.as_ref().is_some_and(PreflightReport::is_refused);
            if !is_measured || is_lost {
                return Ok((report, None));
            }
            run.progress.set_total(request.object.size);
            run.progress.set_stage(Stage::Reading);
            let transfer = Transfer {
                source: &*self.source,
                object: &request.object,
                settings: self.settings,
                retry,
                progress: &run.progress,
                stop: None,
            };
            Ok((report, Some(transfer.digest().await?)))
        };
        let ((), (), (report, measured)) =
            tokio::try_join!(upload.confirm(), Box::pin(callable), Box::pin(reading))?;
        // What the chain amounts to now decides whether the preflight still has a say.
        if let Some((mode, report)) = upload.record().preflight_mode().and(mode).zip(report) {
            let decided = report.enforce(mode);
            upload.note_preflight(report);
            decided?;
        }
        Ok(measured)
    }
}
