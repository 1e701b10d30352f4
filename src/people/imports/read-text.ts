import { AppError } from '../../platform/errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** What spreadsheets on Chinese machines write where they do not write UTF-8; holds GBK and GB2312. */
const gb18030 = new TextDecoder('gb18030', { fatal: true });

/** The text of a file, UTF-8 with or without a byte order mark, else GB18030. Throws IMPORT_UNREADABLE. */
export function readText(bytes: Uint8Array): string {
  for (const decoder of [utf8, gb18030])
    try {
      return decoder.decode(bytes);
    } catch {
      // The next one may know it.
    }
  throw new AppError('IMPORT_UNREADABLE', 'neither UTF-8 nor GB18030');
}
