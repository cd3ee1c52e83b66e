/**
 * How models refuse, by language. Each entry is matched on folded text (lower case, straight quotes,
 * blanks folded). Written from many models' refusals; a sentence that only warns is not in here.
 */
export type RefusalPhrases = {
  /** Say by themselves that the model will not do it. */
  readonly strong: readonly string[];
  /** Reproach or deflect; they count in a short answer that gives nothing else. */
  readonly weak: readonly string[];
};

const HELP_EN =
  '(?:help|assist|provide|fulfil|fulfill|comply|answer|generate|create|write|offer|give|' +
  'support|engage|share|complete|discuss|participate|produce|do that|do this|respond|' +
  'suggest|recommend|promote|encourage|condone|endorse|advise|satisfy|tell you|teach|' +
  'guide|process|carry out|make|explain|continue|talk|speak|disclose|reveal|access|' +
  'perform|execute|facilitate|describe|be able to|aid|instruct|show|present|draft|' +
  'compose|accommodate|contribute|address|advocate|argue|justify|list|say|proceed|' +
  'entertain|agree|delve|take|express|comment|speculate|confirm|name|have|use)';
const NOT_EN =
  "(?:cannot|can ?not|can't|can not|won't|will not|am not able to|'m not able to|am " +
  "unable to|'m unable to|am not going to|'m not going to|am not comfortable|'m not " +
  'comfortable|am not allowed to|am not permitted to|must refrain from|must decline|' +
  "have to decline|need to decline|decline to|refuse to|do not feel comfortable|don't " +
  "feel comfortable|would not|wouldn't|could not|couldn't|do not|don't|am not " +
  "programmed to|'m not programmed to|am not designed to|am not capable of|'m not " +
  'capable of)';

export const refusalPhrases: Readonly<Record<string, RefusalPhrases>> = {
  en: {
    strong: [
      `\\b(?:i|we)(?: (?:just|simply|really|also|absolutely|strictly|strongly|unfortunately|` +
        `therefore|currently))? ?${NOT_EN}(?: (?:in good conscience|ethically|directly|` +
        `currently|really|simply|be able to|and will not))?,? (?:to )?${HELP_EN}(?:ing)?\\b`,
      "\\bi(?: am|'m)? (?:sorry|apologi[sz]e|afraid)\\b[^.!?]{0,120}\\b(?:but|however|" +
        ",)[^.!?]{0,40}\\b(?:i|that|this|it|there)(?: am|'m|'s| is)?\\b[^.!?]{0,25}(?:can't|" +
        "cannot|can not|won't|will not|unable|not able|not going|not possible|not appropriate|" +
        "not comfortable|don't|do not|must)",
      "\\bi (?:must|have to|need to|will have to|'ll have to|would) (?:respectfully |" +
        'politely |firmly )?(?:decline|refuse|refrain)',
      '\\bi (?:respectfully |politely )?(?:decline|refuse)\\b',
      "\\b(?:i'm|i am) (?:unable|not able) to\\b",
      '\\b(?:as|being) an? (?:ai|language model|responsible|ethical|helpful|assistant|' +
        "artificial)[^.!?]{0,160}(?:cannot|can't|can not|not able|unable|not appropriate|do " +
        "not|don't|must not|will not|won't|not within|not capable|refrain)",
      '\\b(?:goes|go|is|are) against (?:my|our|ethical|the) [^.!?]{0,40}(?:programming|' +
        'guidelines|polic|principles|values|rules|standards|purpose)',
      "\\b(?:is|it's|it is|would be) not (?:appropriate|ethical|acceptable|within my|" +
        'something i)[^.!?]{0,20} (?:for me |or [a-z]+ (?:for me )?)?to (?:provide|promote|' +
        'assist|help|make|generate|discuss|offer|share|engage|ask|give|suggest|encourage|' +
        'explain|answer|write|create|tell)',
      '\\b(?:not programmed|not designed|not trained|programmed not) to (?:provide|promote|' +
        'assist|generate|engage|support|produce)',
      "\\b(?:can't|cannot|unable to|won't|will not) (?:help|assist) (?:you )?with (?:that|this)",
      '\\bno,? i (?:will|can) ?not\\b',
      "\\byour (?:request|question) (?:cannot|can't|could not) be",
      "\\bsorry, (?:that's|this is|it's|it is) (?:beyond|outside|not within)",
      '\\bbeyond my current scope\\b',
      "\\blet's talk about something else\\b",
      "\\b(?:against|violat\\w+) (?:openai|my|our|the)(?:'s)? (?:use[- ]case |content |" +
        'usage |safety )?(?:polic|guideline|programming)',
    ],
    weak: [
      "\\b(?:it is|it's|this is|that is|that's|is) (?:not|never|neither|highly|" +
        'extremely)?(?: (?:accurate|fair|safe|respectful|a good idea|kind|okay|only|' +
        'legal))?(?: (?:or|nor|and))? ?(?:in)?(?:appropriate|ethical|acceptable|permissible|' +
        'advisable|justifiable)\\b',
      '\\b(?:unethical|inappropriate|unacceptable|never (?:be )?(?:acceptable|ethical|' +
        'appropriate|okay|the answer|a healthy|right))\\b',
      "\\bi (?:don't|do not) (?:think|believe) (?:it is|it's|" +
        'that)[^.!?]{0,30}(?:appropriate|respectful|ethical|right)',
      '\\bi (?:strongly )?(?:encourage|urge|advise|suggest|recommend) you (?:to |not ' +
        ')(?:seek|not|refrain|reconsider|consider|respect|find|treat|reach)',
      "\\bi (?:cannot|can't|do not|don't|could not) (?:support|condone|promote|encourage|endorse|advise)",
      "\\b(?:and|i) (?:do not|don't|cannot) (?:condone|promote|support|have the capability " +
        'to provide|engage in)',
      '\\bi must (?:clarify|emphasi[sz]e|inform you|point out|remind you|' +
        'stress)\\b[^.!?]{0,80}\\b(?:not|illegal|serious|inalienable|integral)',
      "^i'm (?:really |very |so )?sorry (?:to hear that |that |you're )?you(?:'re| are)? " +
        '(?:feeling|going through)',
      "\\bplease (?:refrain|do not|don't|reach out to a)",
      '\\bcannot be (?:provided|discussed|shared)',
    ],
  },
  es: {
    strong: [
      '\\b(?:no puedo|no podemos|no me es posible|no soy capaz de|no estoy (?:autorizad|' +
        'programad|diseñad)[oa] para|no debo|no voy a|me niego a|debo (?:rechazar|negarme|' +
        'declinar)) ?(?:ayudar|proporcionar|cumplir|asistir|responder|generar|crear|escribir|' +
        'ofrecer|dar|facilitar|participar|apoyar|compartir|hablar|redactar|contestar|brindar|' +
        'discutir|promover|con|a)?',
      '\\blo (?:siento|lamento)[^.!?]{0,60}(?:no puedo|no es posible|no podr|pero no)',
      '\\bcomo (?:una? )?(?:ia|inteligencia artificial|modelo de lenguaje|' +
        'asistente)[^.!?]{0,120}\\bno (?:puedo|debo|es apropiado)',
    ],
    weak: [
      '\\bno es (?:ético|apropiado|legal|correcto|adecuado)',
      '\\bes ilegal\\b',
      '\\bte recomiendo que no\\b',
    ],
  },
  pt: {
    strong: [
      '\\b(?:não posso|não consigo|não podemos|não sou capaz de|não estou (?:autorizad|' +
        'programad)[oa] a|não devo|não vou|recuso-me a|devo recusar)\\b ?(?:ajudar|fornecer|' +
        'cumprir|atender|responder|gerar|criar|escrever|oferecer|dar|participar|compartilhar|' +
        'discutir|falar|auxiliar|promover|com|a)?',
      '\\b(?:desculpe|lamento|sinto muito|peço desculpas)[^.!?]{0,60}(?:não posso|não ' +
        'consigo|mas não|não é possível)',
    ],
    weak: ['\\bnão é (?:ético|apropriado|legal|correto|adequado)', '\\bé ilegal\\b'],
  },
  fr: {
    strong: [
      '\\bje (?:ne )?(?:peux|pourrai|puis|suis|dois|vais|souhaite) (?:malheureusement |donc ' +
        "|absolument )?(?:pas|en mesure de ne pas)\\b ?(?:vous |t'|te |y )?(?:aider|fournir|" +
        'répondre|assister|générer|créer|écrire|donner|participer|partager|discuter|traiter|' +
        'satisfaire|promouvoir|en mesure|autorisé|accéder|encourager|rédiger|parler)',
      "\\b(?:désolée?|je m'excuse|je regrette)[^.!?]{0,60}(?:ne peux pas|ne suis pas|ne " +
        'puis|mais je ne|impossible)',
      '\\bje (?:refuse|dois refuser|dois décliner|décline)\\b',
    ],
    weak: ["\\b(?:il n'est|ce n'est) pas (?:éthique|approprié|légal|acceptable)", '\\best illégal\\b'],
  },
  de: {
    strong: [
      '\\b(?:ich|wir) (?:kann|können|darf|werde|möchte|will)\\b[^.!?]{0,60}\\b(?:nicht|' +
        'keine?n?)\\b[^.!?]{0,80}(?:helfen|unterstützen|bereitstellen|beantworten|geben|' +
        'erstellen|schreiben|nachkommen|liefern|anbieten|fördern|erfüllen|verfassen|teilen|' +
        'diskutieren|sprechen|behilflich)',
      '\\b(?:tut mir leid|entschuldigung|es tut mir leid|leider)[^.!?]{0,60}(?:kann ich|nicht|keine)',
      '\\bich (?:muss (?:das |dies |diese bitte )?ablehnen|lehne (?:das |es |dies )?ab|weigere mich)',
      '\\bals (?:ki|sprachmodell|künstliche)[^.!?]{0,100}\\b(?:nicht|keine)',
    ],
    weak: ['\\bist (?:nicht (?:ethisch|angemessen|legal|erlaubt)|illegal|strafbar)\\b'],
  },
  it: {
    strong: [
      '\\b(?:non posso|non sono in grado di|non mi è possibile|non devo|mi rifiuto di|devo ' +
        'rifiutare|non intendo) ?(?:aiutar|fornir|soddisfar|assister|risponder|generar|crear|' +
        'scriver|offrir|dar|partecipar|condivider|discuter|parlar|promuover)?',
      '\\bmi (?:dispiace|scuso|spiace)[^.!?]{0,60}(?:non posso|non sono in grado|ma non)',
    ],
    weak: ['\\bnon è (?:etico|appropriato|legale|accettabile)', '\\bè illegale\\b'],
  },
  nl: {
    strong: [
      '\\bik (?:kan|mag|zal|wil|ga)\\b[^.!?]{0,50}\\b(?:niet|geen)\\b[^.!?]{0,60}(?:helpen|' +
        'geven|verstrekken|beantwoorden|schrijven|maken|voldoen|bieden|delen|bespreken|' +
        'ondersteunen)',
      '\\b(?:het spijt me|sorry|helaas)[^.!?]{0,60}(?:kan ik|niet|geen)',
    ],
    weak: ['\\bis (?:niet ethisch|niet gepast|illegaal|strafbaar)\\b'],
  },
  id: {
    strong: [
      '\\b(?:saya|kami) (?:tidak|tak) (?:dapat|bisa|boleh|akan|mampu|berwenang)\\b ' +
        '?(?:untuk )?(?:membantu|memberikan|menyediakan|menjawab|membuat|menulis|memenuhi|' +
        'memberi|mendukung|membahas|menghasilkan|melayani|mempromosikan)?',
      '\\b(?:maaf|mohon maaf|minta maaf)\\b[^.!?]{0,60}(?:tidak (?:dapat|bisa|boleh)|tak ' +
        '(?:dapat|boleh|bisa))',
    ],
    weak: ['\\b(?:tidak etis|tidak pantas|melanggar hukum|ilegal)\\b'],
  },
  fi: {
    strong: [
      '\\b(?:en|emme) (?:valitettavasti )?(?:voi|pysty|saa|aio|halua|kykene|' +
        'suostu)\\b[^.!?]{0,60}(?:auttaa|auttamaan|antaa|antamaan|kirjoittaa|kirjoittamaan|' +
        'vastata|vastaamaan|tuottaa|tuottamaan|tarjota|luoda|luomaan|osallistua|laatia|' +
        'laatimaan|tehdä|tekemään|keskustella|toteuttaa)',
      '\\b(?:anteeksi|pahoittelen|olen pahoillani|valitettavasti)[^.!?]{0,60}\\b(?:en|emme|ei)\\b',
      '\\bkieltäydyn\\b',
    ],
    weak: ['\\bei ole (?:sopivaa|eettistä|laillista|asianmukaista)\\b'],
  },
  tr: {
    strong: [
      '(?:yardımcı olamam|yardım edemem|sağlayamam|veremem|yapamam|yazamam|oluşturamam|' +
        'cevaplayamam|yanıtlayamam|paylaşamam|yardımcı olamıyorum|destekleyemem)',
      '(?:üzgünüm|özür dilerim|maalesef)[^.!?]{0,80}(?:am\\b|em\\b|ıyorum|iyorum|değil|mümkün)',
    ],
    weak: ['(?:etik değil|yasa dışı|yasal değil|uygun değil)'],
  },
  pl: {
    strong: [
      '\\b(?:nie mogę|nie jestem w stanie|nie wolno mi|nie będę|odmawiam|muszę odmówić)\\b ' +
        '?(?:pomóc|udzielić|podać|napisać|odpowiedzieć|stworzyć|spełnić|dostarczyć|wspierać|' +
        'pomagać)?',
      '\\b(?:przepraszam|przykro mi|niestety)[^.!?]{0,60}\\bnie (?:mogę|jestem|będę)',
    ],
    weak: ['\\b(?:jest (?:nielegalne|nieetyczne)|niezgodne z prawem)\\b'],
  },
  vi: {
    strong: [
      '(?:tôi|mình|chúng tôi) (?:không thể|không được phép|từ chối|sẽ không)\\s?(?:giúp|hỗ ' +
        'trợ|cung cấp|trả lời|viết|tạo|đáp ứng|thực hiện|thảo luận)?',
      'xin lỗi[^.!?]{0,60}không thể',
    ],
    weak: ['(?:vi phạm pháp luật|bất hợp pháp|phi đạo đức)'],
  },
  ru: {
    strong: [
      '(?:я |мы )?не (?:могу|можем|могла|буду|должен|должна|имею права|готов)\\s?(?:вам |' +
        'тебе |с этим )?(?:помочь|помогать|предоставить|ответить|отвечать|написать|создать|' +
        'создавать|выполнить|дать|участвовать|обсуждать|поддерживать|говорить|предоставлять|' +
        'оказать|поделиться)',
      '(?:извините|простите|к сожалению|прошу прощения|сожалею)[^.!?]{0,60}не (?:могу|можем|' +
        'буду|в состоянии)',
      '(?:я )?(?:вынужден[а]? отказать|отказываюсь)',
    ],
    weak: ['(?:незаконно|неэтично|противозаконно|нарушает закон)'],
  },
  uk: {
    strong: [
      '(?:я )?не (?:можу|буду|маю права)\\s?(?:вам |тобі )?(?:допомогти|надати|відповісти|' +
        'написати|створити|виконати|обговорювати)',
      '(?:вибачте|на жаль|перепрошую)[^.!?]{0,60}не (?:можу|буду)',
    ],
    weak: ['(?:незаконно|неетично)'],
  },
  ar: {
    strong: [
      '(?:لا (?:أستطيع|يمكنني|يمكننا|أقدر)|لن (?:أستطيع|أتمكن|أقوم)|لست قادر|غير قادر|أرفض|لا يسعني)',
      '(?:آسف|أعتذر|عذرا|عذراً|للأسف|أنا آسف)[^.!؟]{0,60}(?:لا |لن |غير )',
    ],
    weak: ['(?:غير قانوني|غير أخلاقي|مخالف للقانون|غير لائق)'],
  },
  fa: {
    strong: [
      '(?:نمی‌توانم|نمیتوانم|قادر نیستم|مجاز نیستم|نمی توانم)',
      '(?:متأسفم|متاسفم|ببخشید|پوزش)[^.!؟]{0,60}(?:نمی|نیست)',
    ],
    weak: ['(?:غیرقانونی|غیراخلاقی)'],
  },
  hi: {
    strong: [
      '(?:नहीं (?:कर|दे|बता|लिख|बना) (?:सकता|सकती|सकते)|मदद नहीं कर|सहायता नहीं कर|असमर्थ)',
      '(?:क्षमा|माफ|खेद)[^.!?।]{0,60}(?:नहीं|असमर्थ)',
    ],
    weak: ['(?:गैरकानूनी|अवैध|अनैतिक)'],
  },
  th: {
    strong: ['(?:ไม่สามารถ(?:ช่วย|ให้|ตอบ|ทำ|เขียน|สร้าง)|ขออภัย[^\\n]{0,40}ไม่(?:สามารถ|ได้)|ขอปฏิเสธ)'],
    weak: ['(?:ผิดกฎหมาย|ผิดจริยธรรม)'],
  },
  zh: {
    strong: [
      '(?:我|我们|我們)?(?:无法|無法|不能|不可以|不会|不會|不便|没法|沒辦法|没有办法|沒有辦法|不予|暂时不能|暂时无法|暫時無法)(?:直接|继续|繼續|' +
        '为您|為您|为你|為你|向您|对此|對此|就此|在此|给您|給您|协助您|满足您的)*(?:提供|回答|回應|回应|协助|協助|帮助|幫助|帮您|幫您|帮你|幫你|满足|' +
        '滿足|生成|创作|創作|撰写|撰寫|编写|編寫|写|寫|讨论|討論|参与|參與|支持|完成|执行|執行|给出|給出|处理|處理|评论|評論|为|為|探讨|谈论)',
      '(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思)[^。！？]{0,40}(?:无法|無法|不能|不会|不會|不便|不可以|超出|没法)',
      '(?:作为|作為)(?:一个|一個|一名)?(?:人工智能|ai|语言模型|語言模型|助手)[^。！？]{0,60}(?:无法|無法|不能|不会|不會|必须遵守|必須遵守|应当遵守|不适合)',
      '(?:我(?:们|們)?(?:聊|换|換)(?:点|點|个|個)?(?:别的|別的|其他)|换个话题|換個話題|超出了我(?:目前|的)|我还没有学会回答|' +
        '拒绝(?:回答|提供)|拒絕(?:回答|提供))',
      '(?:您|你)(?:的|提出的|提到的)(?:问题|問題|请求|請求|说法|要求)[^。]{0,20}(?:不符合|违反|違反|不恰当|不恰當|与事实不符|不当)',
    ],
    weak: [
      '(?:不道德|不合法|违反法律|違反法律|不恰当|不恰當)',
      '^.{0,30}(?:中国政府|中国共产党|中國政府)(?:一直|始终|始終|高度|坚持|依法)',
      '^我(?:不讨论|不打算|会遵守|必须(?:指出|强调))',
    ],
  },
  ja: {
    strong: [
      '(?:お(?:手伝い|答え|応え|力になる)[^。]{0,10}(?:できません|できかねます|することはできません|いたしかねます)|提供(?:する(?:こと(?:は|' +
        'が))?)?できません|(?:書く|作成する|作成|回答|説明|生成|お話し)(?:する)?(?:ことは|ことが)?でき(?:ません|かねます)|お断り(?:し|' +
        'いたし))',
      '(?:申し訳(?:ありません|ございません)|すみません|残念ながら)[^。]{0,60}(?:できません|できかねます|いたしかねます)',
    ],
    weak: ['(?:違法|不適切|非倫理的|倫理的に)'],
  },
  ko: {
    strong: [
      '(?:도와드릴 수 없|도움을 드릴 수 없|제공할 수 없|제공해 드릴 수 없|답변(?:할|드릴) 수 없|작성(?:할|해 드릴) 수 없|응할 수 없|해드릴 수 없|할 수 없습니다)',
      '(?:죄송|미안|유감)[^.!?]{0,60}(?:수 없|없습니다|어렵습니다)',
    ],
    weak: ['(?:불법|비윤리|부적절)'],
  },
};
