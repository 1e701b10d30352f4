import { nearestOf } from '../../platform/nearest.ts';
import type { Bilingual } from '../../platform/problem.ts';
import type { Language } from './say.ts';

/** What was asked cannot be done as it was written: what, and how to write it. */
export class AskedWrongly extends Error {
  readonly said: Bilingual;

  constructor(said: Bilingual) {
    super(said.en);
    this.said = said;
  }
}

/** A name that is not there, with the nearest that is. */
export function unknownName(what: Bilingual, name: string, known: readonly string[]): AskedWrongly {
  const nearest = nearestOf(name, known);
  return new AskedWrongly({
    zh: `没有${what.zh}“${name}”${nearest === undefined ? `，有：${known.join('、')}` : `，是不是“${nearest}”？`}`,
    en: `there is no ${what.en} “${name}”${nearest === undefined ? `; there are: ${known.join(', ')}` : `; did you mean “${nearest}”?`}`,
  });
}

const reasons: Readonly<Record<string, Bilingual>> = {
  ENOENT: { zh: '没有这个文件或目录，请检查路径', en: 'there is no such file or folder; check the path' },
  EISDIR: { zh: '这是目录，请给出文件', en: 'this is a folder; name a file in it' },
  ENOTDIR: { zh: '这是文件，请给出目录', en: 'this is a file; name its folder' },
  EACCES: { zh: '没有读取权限', en: 'it may not be read' },
};

/** A sentence for whoever typed the command. */
export function sentenceOf(error: unknown, language: Language): string {
  if (error instanceof AskedWrongly) return error.said[language];
  if (!(error instanceof Error)) return String(error);
  const { code = '', path } = error as NodeJS.ErrnoException;
  const reason = reasons[code];
  if (reason) return path === undefined ? reason[language] : `${path}: ${reason[language]}`;
  const option = /'(--?[\w-]+)[^']*'/.exec(error.message)?.[1];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && option !== undefined)
    return language === 'zh' ? `没有选项 ${option}` : `there is no option ${option}`;
  if (code.startsWith('ERR_PARSE_ARGS') && option !== undefined)
    return language === 'zh' ? `选项 ${option} 后面要有值` : `option ${option} needs a value after it`;
  return error.message;
}
