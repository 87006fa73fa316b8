/** What the stand-in provider wrote down: one hit for each recipient of each request that it judged. */
export interface Hit {
  /** Run and number of the request, which its recipients share. */
  readonly request: string;
  readonly tMono: number;
  readonly tWall: number;
  readonly project: string;
  readonly token: string;
  readonly deliveryId: string | null;
  readonly titleHash: string | null;
  /** Taken: it would go to the device. */
  readonly accepted: boolean;
  /** What the ticket said. */
  readonly answer: string;
  readonly ticketId: string | null;
  readonly fault: string | null;
}

/** Hits by delivery, in the order in which the provider took them. */
export function hitsByDelivery(hits: readonly Hit[]): Map<string, Hit[]> {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    if (hit.deliveryId === null) continue;
    const group = groups.get(hit.deliveryId);
    if (group === undefined) groups.set(hit.deliveryId, [hit]);
    else group.push(hit);
  }
  return groups;
}
