/** What made-up answers are built from, in one language. Every set has characters beyond ASCII, so that splits matter. */
export interface Phrases {
  /** `{quote}` is the start of the user's message. */
  readonly opening: string;
  readonly images: string;
  /** `{name}` and `{text}` of one tool result. */
  readonly toolResult: string;
  readonly thinking: readonly string[];
  readonly sentences: readonly string[];
  readonly closing: string;
}

const english: Phrases = {
  opening: 'You asked: “{quote}”. Here is a simulated answer.',
  images: 'I received {count} image(s).',
  toolResult: 'The tool {name} says: {text}',
  thinking: [
    'The user asks: “{quote}”.',
    'I should answer briefly.',
    'First the main point, then a détail — done.',
  ],
  sentences: [
    'The main point is simple and can be checked step by step.',
    'A café in Zürich would give the same advice — naïve, but useful.',
    'Three things matter: the goal, the limits, and the next step.',
    'Costs stay below €20, and nothing has to be changed twice.',
    'If something is unclear, ask again with one more example.',
    'The second option is slower, yet it needs fewer resources.',
  ],
  closing: 'Hope this helps 🙂',
};

const spanish: Phrases = {
  opening: 'Preguntaste: «{quote}». Esta es una respuesta simulada.',
  images: 'Recibí {count} imagen(es).',
  toolResult: 'La herramienta {name} dice: {text}',
  thinking: [
    'La pregunta es: «{quote}».',
    'Conviene responder con brevedad.',
    'Primero lo esencial, después los detalles.',
  ],
  sentences: [
    'Lo más importante es sencillo y se puede comprobar paso a paso.',
    'Mañana será más fácil: el año pasado funcionó así.',
    'Hay tres cosas que cuentan: el objetivo, los límites y el próximo paso.',
    'También se puede elegir la segunda opción, que es más económica.',
  ],
  closing: '¡Espero que ayude! 🌶️',
};

const portuguese: Phrases = {
  opening: 'Você perguntou: “{quote}”. Esta é uma resposta simulada.',
  images: 'Recebi {count} imagem(ns).',
  toolResult: 'A ferramenta {name} diz: {text}',
  thinking: ['A pergunta é: “{quote}”.', 'Convém responder de forma breve.'],
  sentences: [
    'O ponto principal é simples e pode ser verificado passo a passo.',
    'Não é preciso mudar a configuração duas vezes.',
    'A segunda opção é mais lenta, porém usa menos recursos.',
  ],
  closing: 'Espero ter ajudado 😊',
};

const french: Phrases = {
  opening: 'Vous avez demandé : « {quote} ». Voici une réponse simulée.',
  images: 'J’ai reçu {count} image(s).',
  toolResult: 'L’outil {name} répond : {text}',
  thinking: ['La question est : « {quote} ».', 'Il vaut mieux répondre brièvement.'],
  sentences: [
    'L’essentiel est simple et peut être vérifié étape par étape.',
    'Où que l’on commence, le résultat reste le même.',
    'La deuxième solution coûte moins de 20 €, mais elle est plus lente.',
  ],
  closing: 'Bonne journée 🥐',
};

const german: Phrases = {
  opening: 'Ihre Frage: „{quote}“. Dies ist eine simulierte Antwort.',
  images: 'Ich habe {count} Bild(er) erhalten.',
  toolResult: 'Das Werkzeug {name} meldet: {text}',
  thinking: ['Die Frage lautet: „{quote}“.', 'Ich sollte kurz antworten.'],
  sentences: [
    'Der wichtigste Punkt ist einfach und lässt sich schrittweise prüfen.',
    'Größere Änderungen müssen nicht zweimal gemacht werden.',
    'Die zweite Möglichkeit ist langsamer, braucht aber weniger.',
  ],
  closing: 'Schöne Grüße 🙂',
};

const indonesian: Phrases = {
  opening: 'Anda bertanya: “{quote}”. Ini jawaban simulasi.',
  images: 'Saya menerima {count} gambar.',
  toolResult: 'Alat {name} menjawab: {text}',
  thinking: ['Pertanyaannya: “{quote}”.', 'Sebaiknya dijawab dengan singkat.'],
  sentences: [
    'Intinya sederhana dan dapat diperiksa langkah demi langkah.',
    'Pilihan kedua lebih lambat, tetapi lebih hemat.',
    'Tidak ada yang perlu diubah dua kali.',
  ],
  closing: 'Semoga membantu 🙏',
};

const chinese: Phrases = {
  opening: '您的问题是：“{quote}”。以下是模拟回答。',
  images: '我收到了{count}张图片。',
  toolResult: '工具 {name} 的结果：{text}',
  thinking: ['用户的问题是：“{quote}”。', '应当简短回答。', '先说要点，再说细节。'],
  sentences: [
    '要点很简单，可以一步一步地核对。',
    '需要注意三件事：目标、限制和下一步。',
    '第二种方案较慢，但更节省资源。',
    '如果还有不清楚的地方，请再举一个例子。',
  ],
  closing: '希望对您有帮助😊',
};

const japanese: Phrases = {
  opening: 'ご質問は「{quote}」ですね。これは模擬の回答です。',
  images: '画像を{count}枚受け取りました。',
  toolResult: 'ツール {name} の結果：{text}',
  thinking: ['質問は「{quote}」です。', '簡潔に答えます。'],
  sentences: [
    '要点は簡単で、一つずつ確認できます。',
    '大切なのは目的、制限、次の一歩の三つです。',
    '二つ目の方法は遅いですが、資源を節約できます。',
  ],
  closing: 'お役に立てば幸いです🌸',
};

const korean: Phrases = {
  opening: '질문: “{quote}”. 다음은 모의 답변입니다.',
  images: '이미지 {count}장을 받았습니다.',
  toolResult: '도구 {name} 결과: {text}',
  thinking: ['질문은 “{quote}”입니다.', '짧게 답하겠습니다.'],
  sentences: ['핵심은 간단하며 단계별로 확인할 수 있습니다.', '두 번째 방법은 느리지만 자원을 아낍니다.'],
  closing: '도움이 되길 바랍니다 😊',
};

const arabic: Phrases = {
  opening: 'سؤالك: «{quote}». هذه إجابة محاكاة.',
  images: 'استلمت {count} صورة.',
  toolResult: 'نتيجة الأداة {name}: {text}',
  thinking: ['السؤال هو: «{quote}».', 'سأجيب باختصار.'],
  sentences: ['النقطة الأساسية بسيطة ويمكن التحقق منها خطوة بخطوة.', 'الخيار الثاني أبطأ لكنه أوفر.'],
  closing: 'أتمنى أن يفيدك هذا 🌙',
};

const russian: Phrases = {
  opening: 'Ваш вопрос: «{quote}». Это смоделированный ответ.',
  images: 'Получено изображений: {count}.',
  toolResult: 'Инструмент {name} сообщает: {text}',
  thinking: ['Вопрос: «{quote}».', 'Отвечу кратко.'],
  sentences: ['Главное просто, и это можно проверить по шагам.', 'Второй вариант медленнее, но экономнее.'],
  closing: 'Надеюсь, это поможет 🙂',
};

const hindi: Phrases = {
  opening: 'आपका प्रश्न: “{quote}”। यह एक नकली उत्तर है।',
  images: 'मुझे {count} चित्र मिले।',
  toolResult: 'उपकरण {name} का परिणाम: {text}',
  thinking: ['प्रश्न है: “{quote}”।', 'संक्षेप में उत्तर दूँगा।'],
  sentences: ['मुख्य बात सरल है और एक-एक कदम जाँची जा सकती है।', 'दूसरा विकल्प धीमा है, पर सस्ता है।'],
  closing: 'आशा है इससे मदद मिलेगी 🙏',
};

const scripts: readonly (readonly [RegExp, Phrases])[] = [
  [/[\u3040-\u30ff]/u, japanese],
  [/[\uac00-\ud7af]/u, korean],
  [/[\u4e00-\u9fff]/u, chinese],
  [/[\u0600-\u06ff]/u, arabic],
  [/[\u0400-\u04ff]/u, russian],
  [/[\u0900-\u097f]/u, hindi],
];

const latin: readonly (readonly [ReadonlySet<string>, RegExp, Phrases])[] = [
  [
    new Set(['el', 'los', 'las', 'una', 'qué', 'cómo', 'por', 'para', 'está', 'cuál', 'dónde']),
    /[¿¡ñ]/giu,
    spanish,
  ],
  [
    new Set(['você', 'não', 'uma', 'como', 'qual', 'são', 'está', 'onde', 'em', 'para']),
    /[ãõ]/giu,
    portuguese,
  ],
  [
    new Set(['le', 'les', 'une', 'des', 'est', 'quel', 'quelle', 'comment', 'pourquoi', 'vous', 'où']),
    /[œç]/giu,
    french,
  ],
  [
    new Set(['der', 'die', 'das', 'und', 'ist', 'ein', 'eine', 'wie', 'warum', 'nicht', 'bitte']),
    /[äöüß]/giu,
    german,
  ],
  [
    new Set(['apa', 'yang', 'dan', 'saya', 'bagaimana', 'tidak', 'di', 'dengan', 'berapa']),
    /\bgak\b/giu,
    indonesian,
  ],
];

/** How much of a text is looked at to find its language. */
const languageSample = 400;

/** Finds the language of a text by script, then by frequent words; English when nothing speaks for another. */
export function choosePhrases(text: string): Phrases {
  const sample = text.slice(0, languageSample);
  for (const [script, phrases] of scripts) if (script.test(sample)) return phrases;
  const words = sample.toLowerCase().split(/[^\p{L}]+/u);
  let best = english;
  let most = 1;
  for (const [frequent, letters, phrases] of latin) {
    const known = words.filter((word) => frequent.has(word)).length;
    const found = known + (sample.match(letters)?.length ?? 0);
    if (found > most) {
      most = found;
      best = phrases;
    }
  }
  return best;
}
