/** Names of languages as prompts write them when they ask for one ("translate into French", "用英文回答"). */
const NAMES: Readonly<Record<string, string>> = {
  en:
    'english|inglés|ingles|inglês|anglais|englisch|inglese|engels|inggris|inggeris|tiếng ' +
    'anh|ingilizce|angielsk\\w*|engelska|englanniksi|englannin|английск\\w*|англійськ\\w*|' +
    'الإنجليزية|الانجليزية|انگلیسی|अंग्रेज़ी|अंग्रेजी|英文|英语|英語|영어|ภาษาอังกฤษ',
  es:
    'spanish|español|espanhol|espagnol|spanisch|spagnolo|spaans|spanyol|sepanyol|' +
    'испанск\\w*|الإسبانية|西班牙文|西班牙语|西班牙語|スペイン語|스페인어',
  pt:
    'portuguese|portugués|português|portugais|portugiesisch|portoghese|portugis|' +
    'португальск\\w*|البرتغالية|葡萄牙文|葡萄牙语|葡萄牙語|ポルトガル語',
  fr:
    'french|francés|francês|français|französisch|francese|frans|perancis|prancis|' +
    'французск\\w*|الفرنسية|法文|法语|法語|フランス語|프랑스어',
  de: 'german|alemán|alemão|allemand|deutsch|tedesco|duits|jerman|немецк\\w*|الألمانية|德文|德语|德語|ドイツ語|독일어',
  it: 'italian|italiano|italien|italienisch|italiaans|итальянск\\w*|الإيطالية|意大利文|意大利语|イタリア語',
  nl: 'dutch|neerlandés|holandês|néerlandais|niederländisch|olandese|nederlands|荷兰语|荷蘭語',
  id: 'indonesian|malay|bahasa indonesia|bahasa melayu|indonesio|indonesisch|malaio|马来文|马来语|馬來文|印尼语|印尼文',
  vi: 'vietnamese|tiếng việt|vietnamita|越南语|越南文',
  tr: 'turkish|türkçe|turco|türkisch|土耳其语',
  pl: 'polish language|in polish|into polish|po polsku|polaco|polnisch',
  ru: 'russian|ruso|russo|russe|russisch|rusia|русск\\w*|по-русски|الروسية|俄文|俄语|俄語|ロシア語|러시아어',
  uk: 'ukrainian|українськ\\w*|украинск\\w*',
  ar: 'arabic|árabe|arabe|arabisch|arab|العربية|арабск\\w*|阿拉伯文|阿拉伯语|アラビア語',
  hi: 'hindi|हिंदी|हिन्दी|印地语',
  ja: 'japanese|japonés|japonês|japonais|japanisch|jepang|日文|日语|日語|日本語|일본어',
  ko: 'korean|coreano|coréen|koreanisch|韩文|韩语|韓文|韓語|韓国語|한국어',
  zh: 'chinese|mandarin|chino|chinês|chinois|chinesisch|cinese|китайск\\w*|الصينية|中文|汉语|漢語|中国語|중국어',
  fi: 'finnish|suomeksi|suomen kiel\\w*',
  sv: 'swedish|svenska',
  th: 'thai|ภาษาไทย',
  sw: 'swahili|kiswahili',
};

/** Names in alphabets must be whole words; Han and Hangul names stand without blanks around them. */
const PATTERNS = Object.entries(NAMES).map(([language, names]) => ({
  language,
  pattern: new RegExp(
    names
      .split('|')
      .map((name) =>
        /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Thai}/u.test(name)
          ? name
          : `(?<!\\p{L})${name}(?!\\p{L})`,
      )
      .join('|'),
    'iu',
  ),
}));

/** Prompts are searched for names of languages in their head and tail; instructions stand there. */
const SEARCHED_CHARACTERS = 3000;

/** The languages that a prompt names. Naming one makes it right as an answer, beside the user's own. */
export function findNamedLanguages(prompt: string): readonly string[] {
  const text =
    prompt.length > SEARCHED_CHARACTERS * 2
      ? prompt.slice(0, SEARCHED_CHARACTERS) + prompt.slice(-SEARCHED_CHARACTERS)
      : prompt;
  return PATTERNS.filter(({ pattern }) => pattern.test(text)).map(({ language }) => language);
}
