/** How an option's letter is written. */
import { OPTION_WORDS } from './answer/languages'

export interface Letters {
  /** The whole text: `B`, `(b)`, `B.`, `option B`; or an option's text follows: `B) Paris`, `B: Paris`, `D - the last`. */
  readonly whole: RegExp
  /** A sentence continues after a capital: `B because …`, `B, as …`. */
  readonly explained: RegExp
  /** `A or B`. */
  readonly several: RegExp
  readonly line: RegExp
  readonly alone: RegExp
  readonly parenthesised: RegExp
  readonly ending: RegExp
  /** `Option B is correct`, `I would pick B`. */
  readonly sentences: readonly RegExp[]
}

const PREFIX = String.raw`(?:(?:the\s)?(?:${OPTION_WORDS}|answer|antwort|réponse|respuesta)\s*:?\s*)?`
const RIGHT = String.raw`(?:correct|right|true|best|the\s(?:\p{L}+\s)?(?:answer|choice|option|one)|richtig|korrekt|correcte?|correcta|juste|corretta|correta|certa|giusta|poprawna|верный|верна|правильн\p{L}+)(?!\p{L})`
const PICK = String.raw`(?:pick|choose|chose|select|selected|go\swith|going\swith|went\swith|opt\sfor|settle\son|answer\swith|vote\sfor|wähle|nehme|choisis|elijo|escojo|scelgo|escolho|wybieram|выбираю)`

const CJK = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]`

export function lettersOf(choices: string): Letters {
  const escaped = choices.replace(/[\\\]^-]/g, '\\$&')
  const [capital, any] = [`[${escaped.toUpperCase()}]`, `[${escaped.toUpperCase()}${escaped.toLowerCase()}]`]
  const pattern = (source: string, flags = 'u') => new RegExp(source, flags)
  const wrapped = String.raw`(?:[(\[](${any})[)\]]|(${capital})(?![\p{L}\d'’+]))`
  return {
    whole: pattern(
      String.raw`^${PREFIX}(?:[(\[]\s?(${any})\s?[)\]]|(${any})(?=\s*$|\s*[.!,;。，]\s*$|[.)\]:：、](?:\s|$|[^\p{L}\d])|[):：]\S|\s+[-–—]\s|[-–—]\s|\s*[(（]|[.,;。，]\s|[,;。，]?\s?${CJK}))`,
      'iu',
    ),
    explained: pattern(
      String.raw`^(?:[Oo]ption\s|[Cc]hoice\s)?(?:(?![AI]\s)(${capital})\s+(?=\S)|([AI])\s+(?=(?:because|since|as|which|with|is|due|for|in\sthis|here|where|so|weil|da|car|porque)(?!\p{L})))(?<=[${escaped.toUpperCase()}]\s+)`,
    ),
    several: pattern(
      String.raw`^${PREFIX}[(\[]?${any}[)\]]?\s*(?:,|and|or|&|\/|und|oder|et|ou|y|o|или|и|和|或)\s*(?:and\s|or\s)?[(\[]?${any}[)\]]?(?![\p{L}\d'’])`,
      'iu',
    ),
    line: pattern(
      String.raw`^${PREFIX}(?:[(\[](${any})[)\]]|(${capital})(?:\s*$|[.):\]：、](?:\s|$)|\s+[-–—]\s)|(${any})\)\s)`,
      'u',
    ),
    alone: pattern(String.raw`^${PREFIX}[(\[]?(${any})[)\]]?\s?[.!]?$`, 'iu'),
    parenthesised: pattern(String.raw`\((${any})\)(?!\s+(?:is|are|was)\s+(?:not|wrong|incorrect|false|too))`, 'gu'),
    ending: pattern(
      String.raw`(?<=(?:so|thus|therefore|hence|is|be|it[’']s|choose|pick|[=→⇒:,])\s+[*_"“(]{0,3})(${capital})(?=[*_"”)]{0,3}[.!]?$)`,
      'giu',
    ),
    sentences: [
      pattern(
        String.raw`(?<![\p{L}\d])(?:(?:${OPTION_WORDS})\s*[*_]{0,2})?${wrapped}[*_]{0,2}\s+(?:is|seems|looks|would\sbe|must\sbe|has\sto\sbe|ist|est|es|è|é|является)\s+(?:(?:clearly|indeed|therefore|thus|obviously|the|la|die|most\slikely)\s+)?${RIGHT}`,
        'gu',
      ),
      pattern(String.raw`(?<!\p{L})${PICK}\s+(?:(?:the\s)?(?:${OPTION_WORDS}|answer)\s+)?[*_:"“]{0,3}${wrapped}`, 'gu'),
      pattern(String.raw`(?:故选|所以选|选择|应选|选|選)\s?[:：]?\s?${wrapped}`, 'gu'),
      pattern(String.raw`${wrapped}\s?(?:正确|가\s?정답|이\s?정답|が正解|が正しい)`, 'gu'),
    ],
  }
}
