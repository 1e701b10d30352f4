import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, startTestApi, type TestApi } from '../harness/api-village.ts';
import { LivePage } from '../harness/live-page.ts';
import { MINUTE } from '../harness/rescue-village.ts';
import { until } from '../harness/until.ts';

describe('an open page', () => {
  let api: TestApi;
  const pages: LivePage[] = [];
  const open = async (login: string) => {
    const page = await LivePage.open(await api.as(login));
    pages.push(page);
    return page;
  };
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(() => api.close());

  const notificationsOf = (login: string, incidentId: number) =>
    api.database.db
      .selectFrom('notifications')
      .select(['id', 'state'])
      .where('account_id', '=', api.village.people[login]?.id ?? 0)
      .where('incident_id', '=', incidentId)
      .execute();

  it('begins with when to come back, unbuffered and uncached', async () => {
    const page = await open('worker');
    expect(page.text.startsWith('retry: 2000\n:ok\n\n')).toBe(true);
    expect(page.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('rings for who is asked, tells who may know, and is silent for all others', async () => {
    const [worker, family, deputy, desk, farWorker, relative] = await Promise.all(
      ['worker', 'family', 'deputy', 'desk', 'far_worker', 'relative'].map(open),
    );
    const id = await api.press();
    await worker?.event((e) => e.type === 'incident' && e.id === id && e.ring === true, 'the worker to ring');
    await family?.event((e) => e.id === id && e.ring === true, 'the family to ring');
    await deputy?.event((e) => e.id === id && e.ring === false, 'the deputy to know');
    await desk?.event((e) => e.id === id && e.ring === false, 'the desk to know');
    const client = await api.as('worker');
    await client.post(`/api/incidents/${id}/acknowledge`);
    await family?.event(
      (e) => e.id === id && e.status === 'acknowledged' && e.ring === false,
      'the ring to end',
    );
    await client.post(`/api/incidents/${id}/resolve`, { outcome: 'false_press', note: '误按' });
    await desk?.event((e) => e.status === 'resolved', 'the end');
    expect([farWorker?.events, relative?.events]).toEqual([[], []]);
  });

  it('is the receipt of its messages, whether it was open or opens later', async () => {
    api.clock.set(api.clock.now() + 31 * MINUTE);
    const page = await open('worker');
    const id = await api.press();
    await page.event((e) => e.id === id, 'the incident');
    const delivered = async (login: string) => (await notificationsOf(login, id)).map(({ state }) => state);
    await until(async () => (await delivered('worker')).join() === 'delivered', { what: 'the receipt' });
    expect(await delivered('family')).toEqual(['accepted']);
    await open('family');
    await until(async () => (await delivered('family')).join() === 'delivered', { what: 'the late receipt' });
    const [mine] = await notificationsOf('worker', id);
    const client = await api.as('worker');
    expect((await client.post(`/api/notifications/${mine?.id}/receipt`, { state: 'rung' })).status).toBe(204);
    expect((await client.post(`/api/notifications/${mine?.id}/receipt`, { state: 'delivered' })).status).toBe(
      204,
    );
    expect(await delivered('worker')).toEqual(['rung']);
    const other = await (await api.as('family')).post(`/api/notifications/${mine?.id}/receipt`, {
      state: 'read',
    });
    expect(other.status).toBe(404);
    await client.post(`/api/incidents/${id}/acknowledge`);
    await client.post(`/api/incidents/${id}/resolve`, { outcome: 'test', note: '试' });
  });

  it('hears every 15 seconds that the service lives', async () => {
    const page = await open('worker');
    await api.clock.advance(15_000);
    await until(() => page.beats === 1, { what: 'a heartbeat' });
  });

  it('ends with its session, in every process at once when the account is deactivated', async () => {
    const client = new ApiClient(api.url);
    await client.login('neighbour', PASSWORD);
    const signedOut = await LivePage.open(client);
    await client.delete('/api/session');
    await api.clock.advance(15_000);
    await until(() => signedOut.ended, { what: 'the end of the stream' });
    await client.login('neighbour', PASSWORD);
    const page = await LivePage.open(client);
    const { id } = api.village.people.neighbour ?? { id: 0 };
    await (await api.as('admin')).patch(`/api/accounts/${id}`, { active: false });
    await until(() => page.ended, { what: 'the end of the stream' });
  });
});
