/** Names of units: words that may follow a number without being a factor. */

const SPELLINGS: Readonly<Record<string, string>> = {
  mm: 'millimeter millimetre millimeters millimetres',
  cm: 'centimeter centimetre centimeters centimetres cms',
  dm: 'decimeter decimetre decimeters',
  m: 'meter metre meters metres',
  km: 'kilometer kilometre kilometers kilometres kms',
  in: 'inch inches',
  ft: 'foot feet',
  yd: 'yard yards',
  mi: 'mile miles',
  mg: 'milligram milligrams',
  g: 'gram grams gramme grammes gm',
  kg: 'kilogram kilograms kilo kilos kgs',
  t: 'ton tons tonne tonnes',
  lb: 'lbs pound pounds',
  oz: 'ounce ounces',
  ml: 'milliliter millilitre milliliters millilitres',
  l: 'liter litre liters litres',
  gal: 'gallon gallons',
  s: 'sec secs second seconds',
  min: 'mins minute minutes',
  h: 'hr hrs hour hours',
  day: 'days',
  week: 'weeks',
  month: 'months',
  year: 'years yr yrs',
  degree: 'degrees deg',
  radian: 'rad radians rads',
  dollar: 'dollars usd bucks',
  cent: 'cents',
  euro: 'euros eur',
  rupee: 'rupees',
  yen: '',
  percent: 'percentage',
  unit: 'units',
  point: 'points pts',
  hz: 'hertz',
  j: 'joule joules',
  n: 'newton newtons',
  w: 'watt watts',
  kw: 'kilowatt kilowatts',
  kwh: '',
  v: 'volt volts',
  a: 'ampere amperes amps',
  pa: 'pascal pascals kpa',
  k: 'kelvin kelvins',
  c: 'celsius',
  f: 'fahrenheit',
  mph: '',
  kmh: 'kph km/h',
  acre: 'acres',
  hectare: 'hectares ha',
  mol: 'mole moles',
  ohm: 'ohms',
  bit: 'bits',
  byte: 'bytes kb mb gb',
  person: 'people persons',
  child: 'children',
  man: 'men',
  woman: 'women',
  way: 'ways',
  time: 'times',
  mouse: 'mice',
  fish: '',
  sheep: '',
}

const CANONICAL = new Map<string, string>()
for (const [name, spellings] of Object.entries(SPELLINGS))
  for (const spelling of [name, ...spellings.split(' ')]) if (spelling) CANONICAL.set(spelling, name)

/** Words that multiply, compare or name a part; dropping them would change the value. */
const NEVER = new Set(
  `less plus minus times halves thirds quarters fourths fifths sixths sevenths eighths ninths tenths hundredths thousandths tens dozens dozen hundreds
  thousands millions billions trillions pairs scores primes factors multiples squares cubes roots powers sums differences digits zeros zeroes ones
  twos threes fours fives sixes sevens eights nines this plus radius axis basis modulus various previous pieces has was is yes does classes`.split(
    /\s+/,
  ),
)
const isCounted = (word: string): boolean => /^\p{L}{2,}[^s\P{L}]s$/u.test(word) && word.length > 3 && !NEVER.has(word)

/** Of one letter, with their case: `5\\text{n}` is a product. */
const LETTERS = new Set('mgshlLtJNWVAKCF')

/** The unit's name; null if the word is not a unit. Plural names of counted things are units. */
export function unitName(word: string): string | null {
  const lower = word.toLowerCase().replace(/\.$/, '')
  if (lower === 'times' || (lower.length === 1 && !LETTERS.has(word[0] ?? ''))) return null
  return CANONICAL.get(lower) ?? (isCounted(lower) ? lower.slice(0, -1) : null)
}

/** Words that multiply a number. */
export const MAGNITUDES: Readonly<Record<string, string>> = {
  ...{
    hundred: '100',
    thousand: '1000',
    million: '1000000',
    billion: '1000000000',
    trillion: '1000000000000',
    dozen: '12',
  },
  ...{
    hundreds: '100',
    thousands: '1000',
    millions: '1000000',
    billions: '1000000000',
    trillions: '1000000000000',
    dozens: '12',
  },
}
