import { z } from 'zod';
import { instant } from '../../../notifications/instant.js';
import { storableText } from '../../../notifications/storable-text.js';
import { listAudit } from '../../../security/audit.js';
import { auditActions } from '../../../security/audit-actions.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time, wholeNumberText } from '../../schemas.js';

const entry = z.object({
  seq: z.int(),
  at: time,
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  reason: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

export function audit({ database }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/audit',
    access: ['admin'],
    tag: 'System',
    summary: 'What operators did, the latest first',
    query: z.strictObject({
      since: instant.optional(),
      until: instant.optional(),
      actor: storableText.max(200).optional(),
      action: z.enum(auditActions).optional(),
      beforeSeq: wholeNumberText(1, 999_999_999).optional(),
      limit: wholeNumberText(1, 1000).default(100),
    }),
    answers: { 200: z.object({ entries: z.array(entry) }) },
    handle: async ({ query }) => ({ entries: await listAudit(database, given(query)) }),
  });
}
