/** The languages that this app speaks. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/**
 * The first of the wanted languages that there is; English when there is none.
 * @param wanted BCP 47 tags such as `zh-Hant-TW`, the most wanted first; only the language counts
 */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    const found = languages.find((known) => known === language);
    if (found !== undefined) return found;
  }
  return 'en';
}
