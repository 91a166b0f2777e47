/** Words that state an answer, in the most common languages of models. */

/** “Answer” and synonyms. */
export const ANSWER_WORDS = [
  'answers?|solution|result|final answer',
  'antwort|lösung|ergebnis|endergebnis',
  'réponse|reponse|solution|résultat',
  'respuesta|solución|resultado',
  'risposta|soluzione|risultato',
  'resposta|solução|resultado',
  'antwoord|oplossing',
  'odpowiedź|wynik|odpověď|výsledek|odpoveď',
  'ответ|результат|відповідь|отговор|одговор|odgovor',
  'svaret|svar|vastaus|válasz|răspunsul|răspuns',
  'απάντηση|cevap|yanıt|sonuç',
  'đáp án|đáp số|trả lời|jawaban|jawabannya',
  '答案|最终答案|正确答案|答|答え|正解|解答|정답|답',
  'الإجابة|الجواب|התשובה|תשובה|उत्तर|คำตอบ',
].join('|')

/** “Option”, for multiple choice. */
export const OPTION_WORDS =
  'option|choice|alternative|letter|auswahl|wahl|opción|opcion|opzione|opção|opcao|optie|opcja|вариант|варіант|选项|選項|選択肢|보기|lựa chọn|pilihan'

/** “Is”. */
export const COPULAS = [
  "is|are|was|be|equals|would be|will be|must be|should be|comes out to|turns out to be|works out to|[’']s",
  'ist|lautet|beträgt|sind|wäre|est|sont|es|son|será|sería|è|sono|é|são|luidt|jest|to|brzmi|wynosi|je|zní',
  'это|равен|равна|равно|је|är|er|on|este|είναι|là|adalah|هي|هو|היא|הוא|है|คือ',
].join('|')

/** “Is”, where no white space separates words. */
export const JOINED_COPULAS = '是|为|為|は|が|은|는|이|选|選'

/** Words that may come between “is” and the answer. */
export const FILLERS =
  /^(?:(?:therefore|thus|then|clearly|simply|just|exactly|approximately|approx\.?|about|around|roughly|nearly|equal to|equals|found to be|given by|the following|indeed|actually|also|now|so|hence|definitely|most likely|probably|only|always|option|choice|letter|number|der Buchstabe|la lettre|la letra|(?:la |el |die |l[’'])?(?:opción|opcion|option|opção|opzione|lettera|alternativa)|ungefähr|genau|environ|aproximadamente|circa|option|opción|opção|opzione|вариант|选项|等于|約|约)(?=[\s:(*]|\uFFFC|[A-Z(（])[\s:]*)+/i

/** “Not”: what follows is not the answer. */
export const NEGATIONS =
  /^(?:not|never|neither|nor|isn[’']t|nicht|kein|keine|pas|no es|non|não|niet|nie|не|不是|不|ikke|inte)(?![\p{L}])/iu

/** Words before “the answer is” that mean that no answer is stated. */
export const CONDITIONS =
  /(?:\b(?:if|whether|suppose|supposing|assume|assuming|what|when|unless|how|wenn|ob|si|se|если|如果)\s+(?:\p{L}+\s+){0,2}|如果)$/iu
