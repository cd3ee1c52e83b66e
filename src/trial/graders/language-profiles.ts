/**
 * What tells languages apart: a short text and the commonest small words of each language that is
 * written in a shared alphabet. The texts were written for this project; letter triples are counted
 * from them when the module is loaded.
 */
export type LanguageProfile = { readonly text: string; readonly words: string };

/**
 * Languages in the Latin alphabet. `id` stands for Indonesian and Malay, which this method cannot tell apart.
 */
export const latinProfiles: Readonly<Record<string, LanguageProfile>> = {
  en: {
    text:
      `Thank you for your message about the order that arrived on Monday. We have checked ` +
      `the invoice and found that one of the items was charged twice, so the difference ` +
      `will be returned to your card within five working days. If you would rather keep the ` +
      `money as credit for your next purchase, please tell us before the end of this week. ` +
      `The weather has been changing quickly this month, and several deliveries were late ` +
      `because of the storm in the north. When the program starts, it reads the settings ` +
      `from a file and checks whether every value makes sense; otherwise it shows which ` +
      `line is wrong and what could be written there instead. Most people think that ` +
      `learning a language takes years, although a few minutes each day already help a lot. ` +
      `What should we do with those who did not answer? They can still write to us whenever ` +
      `they want. Please describe the history of the national government, its policies and ` +
      `its critics, and give examples of how public institutions protect human rights, ` +
      `education and the environment. Explain why the economic situation became worse, ` +
      `which political decisions were responsible, and write a short article, poem or ` +
      `speech about it. How can I fix the broken engine of my car, and where is the best ` +
      `place to buy a used one? Discuss the role of science, technology and industry in ` +
      `modern society, compare international organisations, and list several questions that ` +
      `students might ask about health, safety, military spending or the justice system.`,
    words:
      'the of and to a in is that it for was on are as with they be at this have from or by ' +
      'not but what all were we when your can said there use an each which do how their if ' +
      'will up other about out many then them these so some her would make like him into ' +
      'has could than been who its now people my made did down only way may you our just ' +
      'should also because here very more does how i me my best why where who any being ' +
      'after before between under against without through while during over both those such ' +
      'same too she her his',
  },
  es: {
    text:
      `Gracias por su mensaje sobre el pedido que llegó el lunes. Hemos revisado la factura ` +
      `y vimos que uno de los productos se cobró dos veces, así que la diferencia volverá a ` +
      `su tarjeta en cinco días hábiles. Si prefiere guardar el dinero para su próxima ` +
      `compra, díganos antes del fin de semana. El tiempo ha cambiado mucho este mes y ` +
      `varias entregas llegaron tarde por la tormenta en el norte. Cuando el programa ` +
      `empieza, lee los ajustes de un archivo y comprueba si cada valor tiene sentido; si ` +
      `no, muestra qué línea está mal y qué se podría escribir allí. La mayoría de la gente ` +
      `cree que aprender una lengua lleva años, aunque unos minutos cada día ya ayudan ` +
      `mucho. ¿Qué hacemos con quienes no respondieron? Todavía pueden escribirnos cuando ` +
      `quieran, y nosotros les contestaremos con gusto.`,
    words:
      'de la que el en y a los del se las por un para con no una su al lo como más pero sus ' +
      'le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde ' +
      'quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos e esto ' +
      'mí antes algunos qué unos yo otro otras otra él tanto esa estos mucho quienes nada ' +
      'muchos cual poco ella estar estas es son fue ser está puede tiene usted han ha si',
  },
  pt: {
    text:
      `Obrigado pela sua mensagem sobre o pedido que chegou na segunda-feira. Verificamos a ` +
      `fatura e vimos que um dos produtos foi cobrado duas vezes, então a diferença voltará ` +
      `para o seu cartão em cinco dias úteis. Se você preferir guardar o dinheiro para a ` +
      `próxima compra, avise antes do fim da semana. O tempo tem mudado muito neste mês e ` +
      `várias entregas atrasaram por causa da tempestade no norte. Quando o programa ` +
      `começa, ele lê as configurações de um arquivo e confere se cada valor faz sentido; ` +
      `caso contrário, mostra qual linha está errada e o que poderia ser escrito ali. A ` +
      `maioria das pessoas acha que aprender uma língua leva anos, embora alguns minutos ` +
      `por dia já ajudem bastante. O que fazemos com quem não respondeu? Eles ainda podem ` +
      `nos escrever quando quiserem, e nós responderemos com prazer.`,
    words:
      'de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ' +
      'ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela ' +
      'até isso ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão ' +
      'você tinha foram essa num nem suas meu às minha têm numa pelos elas havia seja qual ' +
      'será nós tenho lhe deles essas esses pelas este são pode isto aqui então',
  },
  fr: {
    text:
      `Merci pour votre message au sujet de la commande arrivée lundi. Nous avons vérifié ` +
      `la facture et constaté que l'un des articles avait été compté deux fois ; la ` +
      `différence sera donc rendue sur votre carte dans les cinq jours ouvrables. Si vous ` +
      `préférez garder cet argent pour un prochain achat, dites-le-nous avant la fin de la ` +
      `semaine. Le temps a beaucoup changé ce mois-ci et plusieurs livraisons ont eu du ` +
      `retard à cause de la tempête dans le nord. Quand le programme démarre, il lit les ` +
      `réglages dans un fichier et vérifie que chaque valeur a un sens ; sinon, il montre ` +
      `quelle ligne est fausse et ce qu'on pourrait y écrire. La plupart des gens pensent ` +
      `qu'il faut des années pour apprendre une langue, mais quelques minutes chaque jour ` +
      `aident déjà beaucoup. Que faire de ceux qui n'ont pas répondu ? Ils peuvent toujours ` +
      `nous écrire quand ils veulent.`,
    words:
      'de la le et les des en un une du que est pour qui dans a par plus pas au sur ne se ' +
      'ce il sont avec son sa ou aux cette mais comme nous vous ils elle je été ses leur ' +
      'être fait aussi on deux même entre sans peut bien tout tous ces si était avait très ' +
      'où donc dont leurs encore avoir après avant quand notre votre l d c qu n s j y cela ' +
      'sous depuis chaque faire ont quelques afin',
  },
  de: {
    text:
      `Vielen Dank für Ihre Nachricht über die Bestellung, die am Montag angekommen ist. ` +
      `Wir haben die Rechnung geprüft und gesehen, dass einer der Artikel zweimal berechnet ` +
      `wurde; der Unterschied wird deshalb innerhalb von fünf Werktagen auf Ihre Karte ` +
      `zurückgezahlt. Wenn Sie das Geld lieber für den nächsten Einkauf behalten möchten, ` +
      `sagen Sie uns bitte vor dem Ende der Woche Bescheid. Das Wetter hat sich in diesem ` +
      `Monat oft geändert, und mehrere Lieferungen kamen wegen des Sturms im Norden zu ` +
      `spät. Wenn das Programm beginnt, liest es die Einstellungen aus einer Datei und ` +
      `prüft, ob jeder Wert einen Sinn ergibt; sonst zeigt es, welche Zeile falsch ist und ` +
      `was dort stehen könnte. Die meisten Leute glauben, dass man Jahre braucht, um eine ` +
      `Sprache zu lernen, obwohl schon einige Minuten am Tag viel helfen. Was machen wir ` +
      `mit denen, die nicht geantwortet haben?`,
    words:
      'der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als ' +
      'auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem ' +
      'über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde wenn ' +
      'können ihre ihr ich wir du mich uns kann schon wenn dann unter diese dieser dieses ' +
      'hier alle sehr bitte was gegen vom muss doch keine sowie beim',
  },
  it: {
    text:
      `Grazie per il suo messaggio sull'ordine che è arrivato lunedì. Abbiamo controllato ` +
      `la fattura e visto che uno degli articoli è stato addebitato due volte, perciò la ` +
      `differenza tornerà sulla sua carta entro cinque giorni lavorativi. Se preferisce ` +
      `tenere il denaro per il prossimo acquisto, ce lo dica prima della fine della ` +
      `settimana. Il tempo è cambiato molto questo mese e diverse consegne sono arrivate ` +
      `tardi a causa della tempesta nel nord. Quando il programma comincia, legge le ` +
      `impostazioni da un file e controlla se ogni valore ha senso; altrimenti mostra quale ` +
      `riga è sbagliata e che cosa si potrebbe scrivere lì. La maggior parte delle persone ` +
      `crede che per imparare una lingua ci vogliano anni, anche se pochi minuti al giorno ` +
      `aiutano già molto. Che cosa facciamo con quelli che non hanno risposto? Possono ` +
      `ancora scriverci quando vogliono.`,
    words:
      'di e il la che in a per un è del non i con una le si da sono dei al come della ha ' +
      'più ma nel alla anche gli lo dal se o su questo delle ci essere quando cui suo molto ' +
      'mi stato sua tra prima degli nella fra dopo due anni chi tutti ad loro ed era dove ' +
      'tutto fatto questa solo hanno quello alle può già sui dalla ai così ancora perché ' +
      'senza noi voi ogni essi quindi quale sulla puoi',
  },
  nl: {
    text:
      `Bedankt voor uw bericht over de bestelling die maandag is aangekomen. We hebben de ` +
      `rekening bekeken en gezien dat een van de artikelen twee keer is berekend, dus het ` +
      `verschil komt binnen vijf werkdagen terug op uw kaart. Als u het geld liever bewaart ` +
      `voor een volgende aankoop, laat het ons dan weten voor het einde van de week. Het ` +
      `weer is deze maand vaak veranderd en verschillende leveringen kwamen te laat door de ` +
      `storm in het noorden. Wanneer het programma begint, leest het de instellingen uit ` +
      `een bestand en kijkt het of elke waarde zin heeft; anders laat het zien welke regel ` +
      `fout is en wat daar zou kunnen staan. De meeste mensen denken dat het jaren duurt om ` +
      `een taal te leren, hoewel een paar minuten per dag al veel helpen. Wat doen we met ` +
      `degenen die niet hebben geantwoord? Zij kunnen ons nog altijd schrijven.`,
    words:
      'de van het een en in is dat op te zijn met die voor niet aan er om hij ook als dan ' +
      'maar bij of uit nog wel naar ze was worden door wordt heeft deze dit over tot zij ' +
      'hebben je kan we meer ik u uw mijn zo al geen zou kunnen moet haar hun onder zich ' +
      'onze waar wat wie veel nu hier daar alleen toch omdat tussen want zoals gaan doen',
  },
  id: {
    text:
      `Terima kasih atas pesan Anda mengenai pesanan yang tiba pada hari Senin. Kami sudah ` +
      `memeriksa tagihan dan menemukan bahwa salah satu barang ditagih dua kali, sehingga ` +
      `selisihnya akan dikembalikan ke kartu Anda dalam lima hari kerja. Jika Anda lebih ` +
      `suka menyimpan uang itu untuk pembelian berikutnya, beri tahu kami sebelum akhir ` +
      `minggu ini. Cuaca sering berubah bulan ini dan beberapa kiriman terlambat karena ` +
      `badai di utara. Ketika program dimulai, ia membaca pengaturan dari sebuah berkas dan ` +
      `memeriksa apakah setiap nilai masuk akal; kalau tidak, ia menunjukkan baris mana ` +
      `yang salah dan apa yang bisa ditulis di situ. Kebanyakan orang mengira bahwa belajar ` +
      `bahasa perlu bertahun-tahun, padahal beberapa menit setiap hari sudah sangat ` +
      `membantu. Apa yang kita lakukan dengan mereka yang tidak menjawab? Mereka masih ` +
      `boleh menulis kepada kami bila-bila masa. Kerajaan telah menyediakan borang yang ` +
      `mudah untuk dihantar oleh rakyat.`,
    words:
      'yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena ' +
      'tersebut bisa ada mereka lebih kata sudah atau saat oleh menjadi orang ia telah ' +
      'adalah seperti sebagai bahwa dapat para harus namun kita dua satu masih hari hanya ' +
      'mengatakan kepada kami setelah melakukan lalu belum lain dia kalau terjadi banyak ' +
      'anda sehingga bagi secara antara apa jika boleh tetapi kerana mana ialah beliau ' +
      'serta',
  },
  vi: {
    text:
      `Cảm ơn bạn đã gửi tin nhắn về đơn hàng đến vào thứ hai. Chúng tôi đã kiểm tra hóa ` +
      `đơn và thấy rằng một trong những món hàng bị tính tiền hai lần, vì vậy phần chênh ` +
      `lệch sẽ được trả lại vào thẻ của bạn trong năm ngày làm việc. Nếu bạn muốn giữ số ` +
      `tiền đó cho lần mua sau, xin hãy cho chúng tôi biết trước cuối tuần này. Thời tiết ` +
      `tháng này thay đổi nhiều và một số chuyến giao hàng bị chậm vì cơn bão ở miền bắc. ` +
      `Khi chương trình bắt đầu, nó đọc các thiết lập từ một tệp và xem mỗi giá trị có hợp ` +
      `lý không; nếu không, nó cho biết dòng nào sai và có thể viết gì ở đó. Hầu hết mọi ` +
      `người nghĩ rằng học một ngôn ngữ phải mất nhiều năm, mặc dù vài phút mỗi ngày đã ` +
      `giúp được rất nhiều.`,
    words:
      'và của có là không được cho trong một những với các người này đã đến khi từ để ra ' +
      'cũng như vào ở tôi bạn về đó sẽ thì nhiều phải nó chúng nếu mà rất lại bị trên theo ' +
      'sau hơn thể còn tại do vì hay mình đang nên việc năm làm chỉ rằng hoặc',
  },
  tr: {
    text:
      `Pazartesi günü gelen siparişle ilgili mesajınız için teşekkür ederiz. Faturayı ` +
      `kontrol ettik ve ürünlerden birinin iki kez ücretlendirildiğini gördük, bu yüzden ` +
      `fark beş iş günü içinde kartınıza geri yatırılacak. Parayı bir sonraki alışveriş ` +
      `için saklamak isterseniz lütfen hafta sonundan önce bize haber verin. Bu ay hava çok ` +
      `değişti ve kuzeydeki fırtına nedeniyle bazı teslimatlar gecikti. Program ` +
      `başladığında ayarları bir dosyadan okur ve her değerin anlamlı olup olmadığına ` +
      `bakar; değilse hangi satırın yanlış olduğunu ve oraya ne yazılabileceğini gösterir. ` +
      `Çoğu insan bir dil öğrenmenin yıllar sürdüğünü düşünür, oysa her gün birkaç dakika ` +
      `bile çok yardımcı olur. Cevap vermeyenlerle ne yapacağız? Onlar istedikleri zaman ` +
      `bize yazabilirler.`,
    words:
      've bir bu da de için ile çok daha gibi olarak olan en kadar ne var o ama sonra her ' +
      'ya değil mi ben sen biz siz onlar şu ki veya ise hem bile nasıl neden çünkü şey diye ' +
      'önce tüm bazı olduğu olduğunu göre yok iki içinde arasında tarafından kendi üzerinde ' +
      'ancak böyle zaman lütfen',
  },
  pl: {
    text:
      `Dziękujemy za wiadomość o zamówieniu, które przyszło w poniedziałek. Sprawdziliśmy ` +
      `rachunek i zobaczyliśmy, że jeden z produktów został policzony dwa razy, dlatego ` +
      `różnica wróci na Państwa kartę w ciągu pięciu dni roboczych. Jeśli wolą Państwo ` +
      `zachować te pieniądze na następny zakup, proszę powiedzieć nam o tym przed końcem ` +
      `tygodnia. Pogoda w tym miesiącu często się zmieniała i kilka dostaw spóźniło się z ` +
      `powodu burzy na północy. Kiedy program się zaczyna, czyta ustawienia z pliku i ` +
      `sprawdza, czy każda wartość ma sens; w przeciwnym razie pokazuje, który wiersz jest ` +
      `błędny i co można by tam napisać. Większość ludzi myśli, że nauka języka trwa lata, ` +
      `chociaż kilka minut dziennie już bardzo pomaga. Co zrobimy z tymi, którzy nie ` +
      `odpowiedzieli?`,
    words:
      'i w na z nie się do to że jest o a jak po co od za ale dla tak przez przy już był ' +
      'tym jego które który która są tylko czy tego być może ich jej ma jako także oraz pod ' +
      'bez nad między tej też ten ta te bardzo przed gdy kiedy jeśli nas was my wy ja ty on ' +
      'ona oni można aby więc lub',
  },
  sv: {
    text:
      `Tack för ditt meddelande om beställningen som kom i måndags. Vi har kontrollerat ` +
      `fakturan och sett att en av varorna har räknats två gånger, så skillnaden kommer ` +
      `tillbaka till ditt kort inom fem arbetsdagar. Om du hellre vill spara pengarna till ` +
      `nästa köp får du gärna säga till före slutet av veckan. Vädret har växlat mycket den ` +
      `här månaden och flera leveranser blev sena på grund av stormen i norr. När ` +
      `programmet startar läser det inställningarna från en fil och ser efter om varje ` +
      `värde är rimligt; annars visar det vilken rad som är fel och vad man kunde skriva ` +
      `där. De flesta tror att det tar år att lära sig ett språk, fast några minuter varje ` +
      `dag redan hjälper mycket. Vad gör vi med dem som inte har svarat? De kan fortfarande ` +
      `skriva till oss när de vill.`,
    words:
      'och i att det som en på är av för med den till inte har de ett om var jag men så ' +
      'från vi kan när man under eller också efter han hon nu sig vid än mycket skulle där ' +
      'bara mot hade denna detta många någon några vad alla in upp ut över genom utan vara ' +
      'blir du ni oss dem deras din sina måste får här',
  },
  fi: {
    text:
      `Kiitos viestistäsi, joka koski maanantaina saapunutta tilausta. Olemme tarkistaneet ` +
      `laskun ja huomanneet, että yksi tuotteista on veloitettu kahteen kertaan, joten ` +
      `erotus palautetaan kortillesi viiden arkipäivän kuluessa. Jos haluat mieluummin ` +
      `säästää rahat seuraavaa ostosta varten, kerro siitä meille ennen viikon loppua. Sää ` +
      `on vaihdellut paljon tässä kuussa, ja useat toimitukset myöhästyivät pohjoisen ` +
      `myrskyn vuoksi. Kun ohjelma käynnistyy, se lukee asetukset tiedostosta ja tarkistaa, ` +
      `onko jokainen arvo järkevä; muuten se näyttää, mikä rivi on väärin ja mitä siihen ` +
      `voisi kirjoittaa. Useimmat ihmiset luulevat, että kielen oppiminen kestää vuosia, ` +
      `vaikka jo muutama minuutti päivässä auttaa paljon. Mitä teemme niille, jotka eivät ` +
      `ole vastanneet? He voivat yhä kirjoittaa meille milloin haluavat, ja vastaamme ` +
      `mielellämme.`,
    words:
      'ja on ei se että oli hän ovat mutta kun joka myös mukaan ole niin tai jos kuin sekä ' +
      'jo sen vain ollut voi olla jotka nyt tämä tämän siitä ne noin ennen vielä hänen ' +
      'joita joiden koska kuitenkin ettei eivät minä sinä me te he mitä mikä miten myöskään ' +
      'sitä tässä siinä kanssa kaikki vaan sillä olisi sitten usein kuten hyvin saa vastaan',
  },
  ro: {
    text:
      `Vă mulțumim pentru mesajul despre comanda care a sosit luni. Am verificat factura și ` +
      `am văzut că unul dintre produse a fost socotit de două ori, așa că diferența se va ` +
      `întoarce pe cardul dumneavoastră în cinci zile lucrătoare. Dacă preferați să ` +
      `păstrați banii pentru următoarea cumpărătură, spuneți-ne înainte de sfârșitul ` +
      `săptămânii. Vremea s-a schimbat mult luna aceasta și mai multe livrări au întârziat ` +
      `din cauza furtunii din nord. Când programul pornește, citește setările dintr-un ` +
      `fișier și verifică dacă fiecare valoare are sens; altfel arată care rând este greșit ` +
      `și ce s-ar putea scrie acolo. Cei mai mulți oameni cred că învățarea unei limbi ` +
      `durează ani, deși câteva minute pe zi ajută deja mult. Ce facem cu cei care nu au ` +
      `răspuns?`,
    words:
      'de și în a la cu pe care că nu o din un să este pentru mai se au fost sau dar ca ce ' +
      'lui prin după sunt are fi le său ale al ei el unei unui între dacă cum când foarte ' +
      'până fără despre acest această aceasta acestea toate toți noi voi eu tu am ai va vor ' +
      'poate astfel doar decât',
  },
  cs: {
    text:
      `Děkujeme za zprávu o objednávce, která přišla v pondělí. Zkontrolovali jsme účet a ` +
      `zjistili, že jedna z položek byla započítána dvakrát, takže rozdíl se vám vrátí na ` +
      `kartu během pěti pracovních dnů. Pokud si chcete peníze raději nechat na příští ` +
      `nákup, dejte nám vědět před koncem týdne. Počasí se tento měsíc hodně měnilo a ` +
      `několik zásilek se opozdilo kvůli bouři na severu. Když program začne, přečte ` +
      `nastavení ze souboru a podívá se, zda má každá hodnota smysl; jinak ukáže, který ` +
      `řádek je špatně a co by tam mohlo být. Většina lidí si myslí, že naučit se jazyk ` +
      `trvá roky, i když už několik minut denně hodně pomáhá. Co uděláme s těmi, kteří ` +
      `neodpověděli?`,
    words:
      'a v se na je že s z do o to i za pro ve jako k byl by po od ale jsou ze jeho však ' +
      'které který která bylo už si tak být co nebo při jsem jen také až podle jak má může ' +
      'jejich před pak mezi bez když kde již aby této tento toto tím jsme jste my vy on ona ' +
      'oni není velmi proto pokud',
  },
  hu: {
    text:
      `Köszönjük az üzenetét a hétfőn érkezett rendelésről. Megnéztük a számlát, és azt ` +
      `láttuk, hogy az egyik terméket kétszer számolták fel, ezért a különbség öt ` +
      `munkanapon belül visszakerül a kártyájára. Ha inkább a következő vásárlásra tartaná ` +
      `meg a pénzt, kérjük, szóljon nekünk a hét vége előtt. Az időjárás ebben a hónapban ` +
      `sokat változott, és több szállítmány késett az északi vihar miatt. Amikor a program ` +
      `elindul, beolvassa a beállításokat egy fájlból, és megnézi, hogy minden értéknek ` +
      `van-e értelme; ha nincs, megmutatja, melyik sor hibás és mit lehetne oda írni. A ` +
      `legtöbb ember azt hiszi, hogy egy nyelv megtanulása évekig tart, pedig már napi ` +
      `néhány perc is sokat segít.`,
    words:
      'a az és hogy nem is egy ez meg de van volt mint csak már még ha vagy el ki be le fel ' +
      'azt ezt kell lehet minden nagyon ami aki amely úgy így mert után között szerint ' +
      'által ezek azok én te ő mi ti ők lesz sem pedig akkor most itt ott több legyen lett ' +
      'őket neki számára',
  },
  sw: {
    text:
      `Asante kwa ujumbe wako kuhusu agizo lililofika siku ya Jumatatu. Tumekagua ankara na ` +
      `kuona kwamba bidhaa moja ilihesabiwa mara mbili, kwa hiyo tofauti hiyo itarudishwa ` +
      `kwenye kadi yako ndani ya siku tano za kazi. Kama ungependa kuweka fedha hizo kwa ` +
      `ununuzi ujao, tafadhali tuambie kabla ya mwisho wa wiki hii. Hali ya hewa ` +
      `imebadilika sana mwezi huu na mizigo kadhaa ilichelewa kwa sababu ya dhoruba ` +
      `kaskazini. Programu inapoanza, inasoma mipangilio kutoka kwenye faili na kuangalia ` +
      `kama kila thamani ina maana; la sivyo inaonyesha mstari upi una kosa na nini ` +
      `kingeweza kuandikwa hapo. Watu wengi hudhani kwamba kujifunza lugha huchukua miaka ` +
      `mingi, ingawa dakika chache kila siku husaidia sana.`,
    words:
      'na ya wa kwa ni katika za la kuwa cha hii yake hiyo huo kama kwamba pia watu baada ' +
      'lakini wake au si sana moja hiyo wakati ambao ambayo kila hata yao wao mimi wewe ' +
      'yeye sisi ninyi tu bado sasa huu hizo hizi zaidi kabla kwenye kutoka hadi bila ili ' +
      'alikuwa',
  },
  tl: {
    text:
      `Salamat sa iyong mensahe tungkol sa order na dumating noong Lunes. Tiningnan namin ` +
      `ang resibo at nakita naming dalawang beses nasingil ang isa sa mga bagay, kaya ` +
      `ibabalik ang sobra sa iyong card sa loob ng limang araw ng trabaho. Kung mas gusto ` +
      `mong itago ang pera para sa susunod mong bibilhin, sabihin mo lang sa amin bago ` +
      `matapos ang linggo. Madalas magbago ang panahon ngayong buwan at nahuli ang ilang ` +
      `padala dahil sa bagyo sa hilaga. Kapag nagsimula ang programa, binabasa nito ang mga ` +
      `setting mula sa isang file at tinitingnan kung may saysay ang bawat halaga; kung ` +
      `hindi, ipinapakita nito kung aling linya ang mali at ano ang puwedeng isulat doon.`,
    words:
      'ang ng sa na at mga ay ko si niya ito hindi kung para may siya mo ka ako kayo sila ' +
      'kami tayo namin natin nila kanyang iyong isang pero dahil lang din rin naman pa ba ' +
      'po noong nang upang bilang mula lahat bawat kapag kaya dito doon iyon ganito maging ' +
      'puwede',
  },
};

/** Languages in the Cyrillic alphabet. */
export const cyrillicProfiles: Readonly<Record<string, LanguageProfile>> = {
  ru: {
    text:
      `Спасибо за ваше сообщение о заказе, который пришёл в понедельник. Мы проверили счёт ` +
      `и увидели, что один из товаров был посчитан дважды, поэтому разница вернётся на вашу ` +
      `карту в течение пяти рабочих дней. Если вы хотите сохранить деньги для следующей ` +
      `покупки, скажите нам об этом до конца недели. Погода в этом месяце часто менялась, и ` +
      `несколько доставок опоздали из-за бури на севере. Когда программа запускается, она ` +
      `читает настройки из файла и проверяет, имеет ли смысл каждое значение; иначе она ` +
      `показывает, какая строка неверна и что там можно было бы написать.`,
    words:
      'и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой ' +
      'от со для так как вы все его ее их или же бы был было были есть если когда только ' +
      'уже тоже может можно нет да при до во чтобы очень также более после эти этого',
  },
  uk: {
    text:
      `Дякуємо за ваше повідомлення про замовлення, яке надійшло в понеділок. Ми перевірили ` +
      `рахунок і побачили, що один із товарів було пораховано двічі, тому різниця ` +
      `повернеться на вашу картку протягом п'яти робочих днів. Якщо ви хочете зберегти ` +
      `гроші для наступної покупки, скажіть нам про це до кінця тижня. Погода цього місяця ` +
      `часто змінювалася, і кілька доставок запізнилися через бурю на півночі. Коли ` +
      `програма запускається, вона читає налаштування з файлу й перевіряє, чи має сенс ` +
      `кожне значення.`,
    words:
      'і в не на я що він з та як у до це за по але його від так ми ви вони який яка яке ' +
      'які її їх або чи бути був була було якщо коли тільки вже також може можна немає при ' +
      'щоб дуже більше після ці цього для про із й є ще',
  },
  bg: {
    text:
      `Благодарим ви за съобщението относно поръчката, която пристигна в понеделник. ` +
      `Проверихме сметката и видяхме, че един от артикулите е бил начислен два пъти, затова ` +
      `разликата ще бъде върната по картата ви в рамките на пет работни дни. Ако ` +
      `предпочитате да запазите парите за следваща покупка, кажете ни преди края на ` +
      `седмицата. Времето този месец се променяше често и няколко доставки закъсняха заради ` +
      `бурята на север.`,
    words:
      'и на да се в за от че с е по са не като това който до но към си при той ще го или ' +
      'ако те след му която което които има тя ни ви ги ли бе бъде може само още също много ' +
      'преди когато този тази тези съм сте сме',
  },
};

/** Languages in the Arabic alphabet. */
export const arabicProfiles: Readonly<Record<string, LanguageProfile>> = {
  ar: {
    text:
      `شكرا لك على رسالتك بخصوص الطلب الذي وصل يوم الاثنين. لقد راجعنا الفاتورة ورأينا أن ` +
      `أحد المنتجات حُسب مرتين، ولذلك سيعود الفرق إلى بطاقتك خلال خمسة أيام عمل. إذا كنت ` +
      `تفضل أن تحتفظ بالمال من أجل عملية الشراء القادمة فأخبرنا قبل نهاية الأسبوع. تغير ` +
      `الطقس كثيرا هذا الشهر وتأخرت بعض الشحنات بسبب العاصفة في الشمال. عندما يبدأ البرنامج ` +
      `يقرأ الإعدادات من ملف ويتحقق من أن كل قيمة لها معنى، وإلا فإنه يبين أي سطر خاطئ وما ` +
      `الذي يمكن أن يكتب هناك.`,
    words:
      'في من على أن إلى هذا هذه التي الذي عن مع ما لا كان هو هي أو ثم قد كل بعد قبل عند بين ' +
      'كما لم لن إذا حيث ذلك تلك نحن أنت هم وقد ولا وهو وهي يمكن لكن غير أي كانت يكون حتى ' +
      'منذ أيضا فإن إن',
  },
  fa: {
    text:
      `از پیام شما درباره سفارشی که روز دوشنبه رسید سپاسگزاریم. ما صورتحساب را بررسی کردیم ` +
      `و دیدیم که یکی از کالاها دو بار حساب شده است، بنابراین اختلاف آن تا پنج روز کاری به ` +
      `کارت شما برمی‌گردد. اگر ترجیح می‌دهید پول را برای خرید بعدی نگه دارید، لطفا پیش از ` +
      `پایان هفته به ما بگویید. هوا در این ماه بسیار تغییر کرد و چند بسته به خاطر توفان در ` +
      `شمال دیر رسید. وقتی برنامه شروع می‌شود، تنظیمات را از یک پرونده می‌خواند.`,
    words:
      'و در به از که این را با است برای آن یک شود شده خود ها تا کرد بر هم نیز اگر هر ما شما ' +
      'آنها بود باید یا اما می من او پس چه همه بین پیش کند کنید دارد نیست دیگر بسیار',
  },
  ur: {
    text:
      `پیر کے دن پہنچنے والے آرڈر کے بارے میں آپ کے پیغام کا شکریہ۔ ہم نے بل دیکھا ہے اور ` +
      `معلوم ہوا کہ ایک چیز کے پیسے دو بار لیے گئے ہیں، اس لیے یہ فرق پانچ کام کے دنوں میں ` +
      `آپ کے کارڈ پر واپس آ جائے گا۔ اگر آپ یہ رقم اگلی خریداری کے لیے رکھنا چاہتے ہیں تو ` +
      `ہفتے کے آخر سے پہلے ہمیں بتا دیں۔ اس مہینے موسم بہت بدلا ہے اور شمال میں طوفان کی ` +
      `وجہ سے کچھ سامان دیر سے پہنچا۔`,
    words:
      'کے میں کی ہے اور سے کا کو اس پر نے کہ ہیں یہ بھی ایک نہیں تھا وہ کر لیے تو ہو جو ان ' +
      'کیا گیا ہوں آپ ہم اپنے تھے تک یا بعد اگر کچھ جا رہا رہے سکتے ہوئے دیا',
  },
};

/** Languages in the Devanagari alphabet. */
export const devanagariProfiles: Readonly<Record<string, LanguageProfile>> = {
  hi: {
    text:
      `सोमवार को पहुँचे आपके ऑर्डर के बारे में संदेश भेजने के लिए धन्यवाद। हमने बिल देखा और ` +
      `पाया कि एक सामान के पैसे दो बार लिए गए हैं, इसलिए यह अंतर पाँच कार्य दिवसों में आपके ` +
      `कार्ड पर वापस आ जाएगा। अगर आप यह पैसा अगली खरीद के लिए रखना चाहते हैं तो सप्ताह के ` +
      `अंत से पहले हमें बता दें। इस महीने मौसम बहुत बदला है और उत्तर में तूफान के कारण कुछ ` +
      `सामान देर से पहुँचा।`,
    words:
      'के में की है और से का को इस पर ने कि हैं यह भी एक नहीं था वह कर लिए तो हो जो उन क्या ' +
      'गया आप हम अपने थे तक या बाद अगर कुछ जा रहा रहे सकते हुए दिया ही ये वे मैं',
  },
  mr: {
    text:
      `सोमवारी आलेल्या ऑर्डरबद्दल तुम्ही पाठवलेल्या संदेशासाठी धन्यवाद. आम्ही बिल तपासले ` +
      `आणि एका वस्तूचे पैसे दोनदा घेतले गेले आहेत असे दिसले, म्हणून हा फरक पाच कामाच्या ` +
      `दिवसांत तुमच्या कार्डवर परत येईल. जर तुम्हाला हे पैसे पुढच्या खरेदीसाठी ठेवायचे ` +
      `असतील तर आठवडा संपण्यापूर्वी आम्हाला सांगा. या महिन्यात हवामान खूप बदलले आहे.`,
    words:
      'आहे आणि या च्या ते मी हे तर की होते नाही केले साठी आहेत तो ती त्या असे होता काही एक ' +
      'पण व हा ही मध्ये आम्ही तुम्ही त्यांनी करून झाले म्हणून जर किंवा',
  },
};

/**
 * Characters that only one of the two Chinese scripts uses, simplified and traditional in turn. Characters
 * that also exist in the other script with another meaning (后, 里, 台, 面 …) are left out.
 */
export const HAN_PAIRS =
  '这這为為们們来來说說时時过過对對国國个個会會发發经經还還没沒给給让讓问問题題间間开開关關门門见見长長东東车車马馬鱼魚鸟鳥语語话話读讀写寫书書学學习習觉覺认認识識记記请請谢謝谁誰调調论論设設计計' +
  '许許该該证證译譯试試诉訴词詞应應当當动動务務劳勞势勢办辦历歷压壓厅廳县縣变變号號听聽员員园園围圍图圖圆圓团團场場坏壞块塊坚堅坛壇处處备備复複头頭夹夾夺奪奋奮妇婦妈媽孙孫宁寧宝寶实實审審宪憲宽寬' +
  '寻尋导導将將尔爾尽盡层層属屬岁歲岛島币幣帅帥师師带帶帮幫广廣庆慶库庫庙廟废廢归歸录錄彻徹径徑忆憶怀懷态態总總恋戀恶惡悬懸惊驚惯慣愿願战戰户戶执執扩擴扫掃扬揚护護报報担擔拟擬拥擁择擇挂掛挥揮损損' +
  '换換据據掷擲摄攝撑撐数數断斷无無旧舊显顯晓曉术術机機杀殺杂雜权權条條极極构構标標栏欄树樹样樣桥橋检檢楼樓欢歡欧歐残殘毕畢气氣汇匯汉漢沟溝济濟测測浓濃涛濤润潤渐漸湾灣满滿灭滅灵靈灾災炉爐点點炼煉' +
  '烂爛热熱爱愛爷爺牵牽状狀独獨狱獄猎獵现現环環电電画畫疗療监監盘盤码碼础礎确確礼禮离離种種积積称稱稳穩穷窮竞競笔筆签簽简簡类類粮糧紧緊红紅约約级級纪紀纯純纲綱纳納纵縱纷紛纸紙线線练練组組细細织織' +
  '终終结結绕繞绘繪络絡绝絕统統继繼续續维維综綜绿綠编編缘緣缩縮网網罗羅罚罰职職联聯聪聰肃肅肠腸胜勝脑腦脸臉节節艺藝苏蘇荐薦与與么麼药藥营營虑慮虽雖补補装裝观觀规規视視览覽触觸誉譽订訂讨討训訓议議' +
  '讯訊讲講评評诗詩详詳误誤诸諸课課财財责責败敗货貨质質购購贵貴费費资資赛賽赞贊赵趙跃躍踪蹤转轉轮輪软軟轻輕较較载載辆輛输輸辞辭边邊达達迁遷运運进進远遠违違连連迟遲适適选選递遞遗遺邮郵释釋针針钟鐘' +
  '钢鋼钱錢铁鐵银銀销銷锁鎖错錯键鍵镇鎮闭閉闻聞阅閱队隊阳陽阴陰阵陣阶階际際陆陸险險随隨难難雾霧静靜页頁项項顺順须須顾顧预預领領频頻颜顏风風飞飛饭飯饮飲馆館驱驅验驗骗騙体體龙龍齐齊两兩严嚴丰豐临臨' +
  '丽麗举舉义義乌烏乐樂乡鄉买買乱亂争爭亏虧亚亞产產亲親亿億仅僅从從仓倉仪儀价價众眾优優传傳伤傷伦倫伟偉侦偵侧側侨僑债債倾傾偿償储儲兴興养養兽獸内內册冊军軍农農决決况況冻凍净淨凉涼减減几幾凤鳳凭憑' +
  '击擊刘劉则則刚剛创創别別剂劑剑劍劝勸单單卖賣华華协協卢盧卫衛厂廠厉厲厨廚双雙';
