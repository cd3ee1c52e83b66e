import { expect, test } from 'vitest';

import { detectLanguage } from './detect-language.ts';
import type { Grade } from './grader.ts';
import { createSameLanguageGrader, sameLanguageOptions } from './same-language.ts';
import { HAN_PAIRS } from './language-profiles.ts';

const sentences: readonly (readonly [language: string, text: string])[] = [
  ['en', 'Could you tell me where the nearest pharmacy is?'],
  ['es', '¿Podría decirme dónde está la farmacia más cercana?'],
  ['pt', 'Você poderia me dizer onde fica a farmácia mais próxima?'],
  ['fr', 'Pourriez-vous me dire où se trouve la pharmacie la plus proche ?'],
  ['de', 'Könnten Sie mir sagen, wo die nächste Apotheke ist?'],
  ['it', 'Potrebbe dirmi dove si trova la farmacia più vicina?'],
  ['nl', 'Kunt u mij vertellen waar de dichtstbijzijnde apotheek is?'],
  ['id', 'Bisakah Anda memberi tahu saya di mana apotek terdekat?'],
  ['id', 'Bolehkah awak beritahu saya di mana farmasi yang paling dekat?'],
  ['vi', 'Bạn có thể cho tôi biết hiệu thuốc gần nhất ở đâu không?'],
  ['tr', 'En yakın eczanenin nerede olduğunu bana söyleyebilir misiniz?'],
  ['pl', 'Czy może mi pan powiedzieć, gdzie jest najbliższa apteka?'],
  ['sv', 'Kan du berätta för mig var närmaste apotek ligger?'],
  ['fi', 'Voisitko kertoa minulle, missä lähin apteekki sijaitsee?'],
  ['ro', 'Îmi puteți spune unde este cea mai apropiată farmacie?'],
  ['cs', 'Můžete mi říct, kde je nejbližší lékárna?'],
  ['hu', 'Meg tudná mondani, hol van a legközelebbi gyógyszertár?'],
  ['sw', 'Unaweza kuniambia duka la dawa la karibu liko wapi?'],
  ['tl', 'Maaari mo bang sabihin sa akin kung nasaan ang pinakamalapit na botika?'],
  ['ru', 'Не могли бы вы сказать, где находится ближайшая аптека?'],
  ['uk', 'Чи не могли б ви сказати, де знаходиться найближча аптека?'],
  ['bg', 'Бихте ли ми казали къде се намира най-близката аптека?'],
  ['ar', 'هل يمكنك أن تخبرني أين تقع أقرب صيدلية؟'],
  ['fa', 'آیا می‌توانید به من بگویید نزدیک‌ترین داروخانه کجاست؟'],
  ['ur', 'کیا آپ مجھے بتا سکتے ہیں کہ قریب ترین فارمیسی کہاں ہے؟'],
  ['hi', 'क्या आप मुझे बता सकते हैं कि सबसे नज़दीकी दवा की दुकान कहाँ है?'],
  ['mr', 'जवळचे औषधाचे दुकान कुठे आहे ते तुम्ही मला सांगू शकता का?'],
  ['zh-Hans', '请问最近的药店在哪里？'],
  ['zh-Hant', '請問最近的藥局在哪裡？'],
  ['ja', '一番近い薬局はどこですか？'],
  ['ko', '가장 가까운 약국이 어디인지 알려 주시겠어요?'],
  ['th', 'ร้านขายยาที่ใกล้ที่สุดอยู่ที่ไหน'],
  ['el', 'Πού βρίσκεται το πλησιέστερο φαρμακείο;'],
  ['he', 'איפה נמצא בית המרקחת הקרוב ביותר?'],
];

test.each(sentences)('detectLanguage() knows %s: %s', (language, text) => {
  expect(detectLanguage(text).language).toBe(language);
});

test('detectLanguage() does not guess on short, wordless or unknown text', () => {
  for (const text of ['', 'OK', '42', '好', '!?', 'xqz vvrt kkpw zzth qrstv bbnm wwxk']) {
    expect(detectLanguage(text).language, text).toBeUndefined();
  }
});

test('detectLanguage() calls Chinese whose characters fit both scripts just Chinese', () => {
  expect(detectLanguage('你好，我是老王。').language).toBe('zh');
});

test('HAN_PAIRS holds no character on both sides', () => {
  const characters = [...HAN_PAIRS];
  expect(characters.length % 2).toBe(0);
  expect(characters.length).toBeGreaterThan(600);
  const simplified = new Set(characters.filter((_one, at) => at % 2 === 0));
  expect(characters.filter((one, at) => at % 2 === 1 && simplified.has(one))).toEqual([]);
});

function grade(prompt: string | undefined, text: string, expected = 'user'): Grade {
  const grader = createSameLanguageGrader(sameLanguageOptions.parse({ expected }));
  return grader.grade({ answer: { text }, ...(prompt === undefined ? {} : { prompt }) });
}

const english = 'How do I cancel the order that I placed yesterday?';
const answerEnglish =
  'You can cancel it on the orders page. Open the order and press the button at the bottom.';
const answerChinese = '您可以在订单页面取消。请打开订单，然后点击下方的按钮。';

test('same-language passes an answer in the language of the user and fails another', () => {
  expect(grade(english, answerEnglish)).toMatchObject({ score: 1 });
  expect(grade(english, answerChinese)).toMatchObject({ score: 0 });
  expect(grade('¿Cómo cancelo el pedido que hice ayer por la tarde?', answerEnglish)).toMatchObject({
    score: 0,
  });
});

test('same-language tells Traditional from Simplified Chinese', () => {
  expect(grade('請問如何取消昨天的訂單？', answerChinese)).toMatchObject({ score: 0 });
  expect(grade('请问如何取消昨天的订单？', answerChinese)).toMatchObject({ score: 1 });
  expect(
    grade('請問如何取消昨天的訂單？', '您可以在訂單頁面取消。請打開訂單，然後點擊下方的按鈕。'),
  ).toMatchObject({ score: 1 });
});

test('same-language sees an answer that changes its language half way', () => {
  expect(grade(english, `${answerEnglish}\n\n${answerChinese}`)).toMatchObject({ score: 0 });
  expect(grade(english, `${answerEnglish} ${answerEnglish} ${answerEnglish} See 订单.`)).toMatchObject({
    score: 1,
  });
});

test('same-language does not mind code, addresses and foreign names', () => {
  const code = '```python\nfor eintrag in liste:\n    print("alles wird gut und noch viel mehr davon")\n```';
  expect(grade(english, `${answerEnglish}\n${code}\nhttps://example.org/umbestellung`)).toMatchObject({
    score: 1,
  });
  expect(
    grade(
      '请问怎么安装这个软件？谢谢。',
      '请先安装 Visual Studio Code，然后打开 PowerShell 并运行 npm install。',
    ),
  ).toMatchObject({ score: 1 });
});

test('same-language accepts a language that the prompt names', () => {
  expect(grade('Translate into Chinese: you can cancel the order on the page.', answerChinese)).toMatchObject(
    { score: 1 },
  );
  expect(grade('Please answer me in Chinese: how do I cancel the order?', answerEnglish)).toMatchObject({
    score: 1,
  });
});

test('same-language says ungradable when the language cannot be told', () => {
  expect(grade(undefined, answerEnglish)).toMatchObject({ kind: 'ungradable' });
  expect(grade('ok?', answerEnglish)).toMatchObject({ kind: 'ungradable' });
  expect(grade(english, '42')).toMatchObject({ kind: 'ungradable' });
  expect(grade(english, '')).toMatchObject({ score: 0 });
});

test('same-language checks a fixed language', () => {
  expect(grade(undefined, answerEnglish, 'en')).toMatchObject({ score: 1 });
  expect(grade(undefined, answerEnglish, 'de')).toMatchObject({ score: 0 });
});
