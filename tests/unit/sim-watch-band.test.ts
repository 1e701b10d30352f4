import { afterEach, describe, expect, it } from 'vitest';
import { createJournal, type JournalEntry } from '../../device-sim/journal.ts';
import { createNoise } from '../../device-sim/noise.ts';
import { createSimTime } from '../../device-sim/time.ts';
import { WatchBand, type WatchTimings } from '../../device-sim/watch-band.ts';
import { createWearer } from '../../device-sim/wearer.ts';
import { until } from '../harness/until.ts';
import { openWatchServer, type WatchServer } from '../harness/watch-server.ts';

const ID = '9001000001';
const home = { latitude: 30.39, longitude: 114.88 };
const QUICK: Partial<WatchTimings> = {
  keepAliveAnswerMs: 40,
  backoffMs: 20,
  urgentBackoffMs: 20,
  alarmRepeatMs: 30,
  vitalsRepeatMs: 30,
  measuringMs: 5,
};
const ANSWERED = ['LK', 'AL', 'UD', 'bphrt', 'oxygen', 'btemp2'];

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function bandAt(answers: readonly string[]) {
  const server = await openWatchServer(answers);
  const entries: JournalEntry[] = [];
  const noise = createNoise(1);
  const band = new WatchBand({
    id: ID,
    host: '127.0.0.1',
    port: server.port,
    wearer: createWearer(noise, ID, home),
    noise,
    journal: createJournal((entry) => entries.push(entry)),
    time: createSimTime(1),
    timings: QUICK,
  });
  closing.push(
    () => band.stop(),
    () => server.close(),
  );
  return { server, band, entries };
}

const framesOf = (server: WatchServer, command: string) =>
  server.received.filter((frame) => frame.command === command);

describe('a simulated wristband of the watch family', () => {
  it('sends nothing but LK until LK is answered', async () => {
    const { server, band } = await bandAt(['AL', 'UD']);
    band.start();
    band.alarm('sos');
    band.report();
    await until(() => server.received.length >= 3, { what: 'repeated keep-alives' });
    expect(new Set(server.commands())).toEqual(new Set(['LK']));
    server.answers.add('LK');
    await until(() => framesOf(server, 'AL').length, { what: 'the alarm' });
  });

  it('restarts itself after five unanswered keep-alives', async () => {
    const { server, band } = await bandAt([]);
    band.start();
    await until(() => server.connections >= 2, { what: 'a second connection' });
    expect(server.received.length).toBeGreaterThanOrEqual(5);
  });

  it('repeats AL with the same bytes until it is answered, and not once more', async () => {
    const { server, band, entries } = await bandAt(['LK']);
    band.start();
    let answered = 0;
    band.alarm('sos', () => answered++);
    await until(() => framesOf(server, 'AL').length >= 3, { what: 'three transmissions' });
    server.answers.add('AL');
    await until(() => answered, { what: 'the answer' });
    const sent = framesOf(server, 'AL');
    expect(new Set(sent.map(({ content }) => content)).size).toBe(1);
    expect(sent[0]?.content.split(',')[16]).toBe('00010000');
    band.alarm('fall', () => answered++);
    await until(() => answered === 2, { what: 'the answer to the fall' });
    expect(framesOf(server, 'AL')).toHaveLength(sent.length + 1);
    expect(entries.filter((e) => 'answered' in e && e.answered.command === 'AL')).toHaveLength(2);
  });

  it('says the alarm again on a new connection when the old one broke before the answer', async () => {
    const { server, band } = await bandAt(['LK']);
    band.start();
    band.alarm('sos');
    await until(() => framesOf(server, 'AL').length, { what: 'the alarm' });
    server.hangUp();
    server.answers.add('AL');
    const before = framesOf(server, 'AL').length;
    await until(() => server.connections === 2 && framesOf(server, 'AL').length > before, {
      what: 'the alarm on the second connection',
    });
  });

  it('keeps positions while there is no network and sends them late as UD2, with their own time', async () => {
    const { server, band } = await bandAt(ANSWERED);
    band.start();
    band.report();
    await until(() => framesOf(server, 'UD2').length === 1, { what: 'what was kept before the connection' });
    band.loseSignal(60);
    band.report();
    band.report();
    await until(() => framesOf(server, 'UD2').length === 3, { what: 'two late positions' });
    band.report();
    await until(() => framesOf(server, 'UD').length === 1, { what: 'a live position' });
    expect(server.connections).toBe(2);
    const [, date, time] = framesOf(server, 'UD2')[1]?.content.split(',') ?? [];
    expect(date).toMatch(/^\d{6}$/);
    expect(time).toMatch(/^\d{6}$/);
  });

  it('tells the Wi-Fi around it below a roof and a fix in the open', async () => {
    const { server, band } = await bandAt(ANSWERED);
    band.start();
    band.situation.outdoors = false;
    band.alarm('sos');
    await until(() => framesOf(server, 'AL').length === 1);
    band.situation.outdoors = true;
    band.alarm('sos');
    await until(() => framesOf(server, 'AL').length === 2);
    const [indoors = [], outdoors = []] = framesOf(server, 'AL').map(({ content }) => content.split(','));
    expect(indoors.slice(3, 8)).toEqual(['V', '0.000000', 'N', '0.000000', 'E']);
    expect(Number(indoors[24])).toBeGreaterThanOrEqual(2);
    expect(outdoors[3]).toBe('A');
    expect(Math.abs(Number(outdoors[4]) - home.latitude)).toBeLessThan(0.002);
  });

  it('sets the bits of a band that is off the wrist or nearly empty', async () => {
    const { server, band } = await bandAt(ANSWERED);
    band.start();
    band.situation.worn = false;
    band.situation.battery = 9;
    band.alarm('taken_off');
    await until(() => framesOf(server, 'AL').length === 1);
    const status = Number.parseInt(framesOf(server, 'AL')[0]?.content.split(',')[16] ?? '', 16);
    expect(status & (1 << 20)).toBeTruthy();
    expect(status & (1 << 3)).toBeTruthy();
    expect(status & 1).toBe(1);
    band.measure();
    band.report();
    await until(() => framesOf(server, 'UD').length === 1);
    expect(framesOf(server, 'bphrt')).toHaveLength(0);
  });

  it('measures and says so until it is answered, but gives up in the end', async () => {
    const { server, band, entries } = await bandAt(['LK', 'oxygen', 'btemp2']);
    band.start();
    band.alarm('sos');
    await until(() => framesOf(server, 'AL').length);
    band.measure();
    await until(() => entries.find((e) => 'story' in e && e.story.includes('bphrt')), { what: 'giving up' });
    expect(framesOf(server, 'bphrt')).toHaveLength(3);
    expect(framesOf(server, 'oxygen')).toHaveLength(1);
    expect(framesOf(server, 'bphrt')[0]?.content).toMatch(/^bphrt,\d{2,3},\d{2,3},\d{2,3},/);
  });
});

describe('orders from the server', () => {
  it.each([
    ['CR', 'UD'],
    ['hrtstart,1', 'bphrt'],
    ['bodytemp2', 'btemp2'],
  ])('%s is answered with its own word and then %s', async (order, then) => {
    const { server, band } = await bandAt(ANSWERED);
    band.start();
    await until(() => framesOf(server, 'LK').length);
    server.say(ID, order);
    const word = order.split(',')[0] ?? '';
    await until(() => framesOf(server, then).length, { what: then });
    expect(server.commands().indexOf(word)).toBeGreaterThan(0);
    expect(server.commands().indexOf(word)).toBeLessThan(server.commands().indexOf(then));
  });

  it('a message stands on the screen', async () => {
    const { server, band, entries } = await bandAt(ANSWERED);
    band.start();
    await until(() => framesOf(server, 'LK').length);
    server.say(ID, `MESSAGE,${Buffer.from('验证码 482913', 'utf16le').swap16().toString('hex')}`);
    await until(() => framesOf(server, 'MESSAGE').length, { what: 'the answer' });
    expect(entries.find((entry) => 'shows' in entry)).toMatchObject({ shows: { text: '验证码 482913' } });
  });
});
