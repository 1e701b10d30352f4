import { checkMeterMap } from '../../protocols/dlt645/poll.ts';
import { checkSignalMap } from '../../protocols/lorawan/signal-map.ts';
import { readRegisterMap } from '../../protocols/modbus-rtu/register-map.ts';
import { createCodecFolder } from '../ingest/codecs/folder.ts';
import type { CodecFolder } from '../ingest/codecs/ports.ts';
import type { CleanUp } from '../platform/clean-up.ts';
import type { Parts } from './parts.ts';

/** The operator's codecs and maps: those of meters and registers in folders of their own, because each kind is checked by its language. */
export async function openCodecs(
  { config, clock, log }: Pick<Parts, 'config' | 'clock' | 'log'>,
  cleanUp: CleanUp,
): Promise<CodecFolder> {
  const codecs = await createCodecFolder({
    dir: config.codecsDir,
    clock,
    log,
    checks: {
      '': checkSignalMap,
      modbus: (map) => readRegisterMap(map).faults,
      dlt645: checkMeterMap,
    },
  });
  cleanUp.add(() => codecs.close());
  return codecs;
}
