import type { HttpParts } from '../http-parts.js';
import type { Route } from '../route.js';
import { editAlertRules } from './alerts/edit-alert-rules.js';
import { handleAlerts } from './alerts/handle-alerts.js';
import { lookAtAlerts } from './alerts/look-at-alerts.js';
import { createApiKey } from './api-keys/create-api-key.js';
import { listApiKeys } from './api-keys/list-api-keys.js';
import { revokeApiKey } from './api-keys/revoke-api-key.js';
import { appendRecipients } from './broadcasts/append-recipients.js';
import { createBroadcast } from './broadcasts/create-broadcast.js';
import { getBroadcast } from './broadcasts/get-broadcast.js';
import { listBroadcasts } from './broadcasts/list-broadcasts.js';
import { previewBroadcast } from './broadcasts/preview-broadcast.js';
import { steerBroadcast } from './broadcasts/steer-broadcast.js';
import { acknowledgeDelivery } from './inbox/acknowledge-delivery.js';
import { countUnread } from './inbox/count-unread.js';
import { listInbox } from './inbox/list-inbox.js';
import { markManyRead } from './inbox/mark-many-read.js';
import { markOpened } from './inbox/mark-opened.js';
import { markRead } from './inbox/mark-read.js';
import { monitoringRoutes } from './monitoring/monitoring-routes.js';
import { explainForUser } from './notifications/explain-for-user.js';
import { explainOne } from './notifications/explain-one.js';
import { getNotification } from './notifications/get-notification.js';
import { sendNotifications } from './notifications/send-notifications.js';
import { changePolicy } from './policy/change-policy.js';
import { getPolicy } from './policy/get-policy.js';
import { listTypes } from './policy/list-types.js';
import { setType } from './policy/set-type.js';
import { listQuarantine } from './push-tokens/list-quarantine.js';
import { listTokens } from './push-tokens/list-tokens.js';
import { registerToken } from './push-tokens/register-token.js';
import { removeToken } from './push-tokens/remove-token.js';
import { removeTokenById } from './push-tokens/remove-token-by-id.js';
import { undoQuarantine } from './push-tokens/undo-quarantine.js';
import { unfreezeProject } from './push-tokens/unfreeze-project.js';
import { catchUpQueue } from './queue/catch-up-queue.js';
import { emergency } from './queue/emergency.js';
import { getQueue } from './queue/get-queue.js';
import { pauseQueue } from './queue/pause-queue.js';
import { projects } from './queue/projects.js';
import { resumeQueue } from './queue/resume-queue.js';
import { switchPushes } from './queue/switch-pushes.js';
import { reportRoutes } from './reports/report-routes.js';
import { ownSettings } from './settings/own-settings.js';
import { userSettings } from './settings/user-settings.js';
import { audit } from './system/audit.js';
import { doctor } from './system/doctor.js';
import { health } from './system/health.js';
import { ledger } from './system/ledger.js';
import { logLevel } from './system/log-level.js';
import { manual, manualStart } from './system/manual.js';
import { metrics } from './system/metrics.js';
import { openapi } from './system/openapi.js';
import { ready } from './system/ready.js';
import { status } from './system/status.js';
import { tuningRoutes } from './tuning/tuning-routes.js';

/** Every route of the API, in the order of its documentation. `describe` gives that documentation. */
export function apiRoutes(parts: HttpParts, describe: () => object): Route[] {
  return [
    ...[sendNotifications, getNotification, explainOne, explainForUser].map((make) => make(parts)),
    ...[listInbox, countUnread, markManyRead, markRead, markOpened, acknowledgeDelivery].map((make) => make(parts)),
    ...[registerToken, listTokens, removeToken, removeTokenById, listQuarantine, undoQuarantine, unfreezeProject].map((make) =>
      make(parts),
    ),
    ...ownSettings(parts),
    ...userSettings(parts),
    ...[previewBroadcast, createBroadcast, listBroadcasts, getBroadcast, appendRecipients].map((make) => make(parts)),
    ...steerBroadcast(parts),
    ...[getQueue, pauseQueue, resumeQueue, switchPushes, catchUpQueue].map((make) => make(parts)),
    ...emergency(parts),
    ...projects(parts),
    ...logLevel(parts),
    doctor(parts),
    ...[getPolicy, changePolicy, listTypes, setType].map((make) => make(parts)),
    ...[lookAtAlerts, handleAlerts, editAlertRules].flatMap((make) => make(parts)),
    ...tuningRoutes(parts),
    ...monitoringRoutes(parts),
    ...reportRoutes(parts),
    ...[listApiKeys, createApiKey, revokeApiKey].map((make) => make(parts)),
    ...[status, ledger, audit, ready, metrics].map((make) => make(parts)),
    health(),
    manual(),
    manualStart(),
    openapi(describe),
  ];
}
