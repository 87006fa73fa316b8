const DEADLINE_MS = 5_000;

/** What the provider's own clock says, by the Date of an answer; within a second. Sends nothing to anybody. null: there is no answer, or no provider. */
export async function providerTime(baseUrl: string | null): Promise<Date | null> {
  if (baseUrl === null) return null;
  try {
    const answer = await fetch(baseUrl, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) });
    const time = new Date(answer.headers.get('date') ?? Number.NaN);
    return Number.isNaN(time.getTime()) ? null : time;
  } catch {
    return null;
  }
}
