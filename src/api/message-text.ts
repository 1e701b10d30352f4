/** A sentence for people, in their languages. */
export interface Text {
  'zh-CN': string;
  en: string;
}

export const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, en });
