// Which languages there are. A new one is a file beside en.ts with the same keys (missing ones show in English)
// and a line here. "qps-rtl" is English in mirror writing, for trying the right-to-left layout.
import { setFallback, setLanguage, type Language } from '../base/i18n';
import { kept } from '../base/store';
import { en, type Catalogue } from './en';

interface Offer {
  label: string;
  dir: 'ltr' | 'rtl';
  load: () => Promise<Partial<Catalogue>>;
}

export const languages: Record<string, Offer> = {
  en: { label: 'English', dir: 'ltr', load: async () => en },
  'qps-rtl': { label: 'Right to left', dir: 'rtl', load: async () => en },
};

export async function useWords(personLocale: string | null) {
  setFallback(en as Catalogue);
  const asked = kept<string>(localStorage, 'coxswain.language');
  const wished = [asked, personLocale, ...navigator.languages].filter((code): code is string => Boolean(code));
  const code = wished.find((c) => languages[c]) ?? wished.map((c) => c.split(/[-_]/)[0] as string).find((c) => languages[c]) ?? 'en';
  const offer = languages[code] as Offer;
  const language: Language = { code: code === 'qps-rtl' ? 'en' : code, dir: offer.dir, words: await offer.load() };
  setLanguage(language, personLocale || navigator.language || code);
}
