/** Small pictures of what each objective compares. Blue is pushed up, orange down; grey is the baseline. */
import type { ObjectiveKind } from '@shared/schemas/plan'
import type { ReactNode } from 'react'

const UP = 'var(--helped)'
const DOWN = 'var(--hurt)'
const QUIET = 'var(--quiet)'

const Bar = ({
  x,
  from,
  to,
  color,
  width = 9,
}: {
  x: number
  from: number
  to: number
  color: string
  width?: number
}) => <rect x={x} y={Math.min(from, to)} width={width} height={Math.max(1, Math.abs(to - from))} fill={color} rx="1" />

/** An outline of the old or expected value. */
const Ghost = ({ x, from, to }: { x: number; from: number; to: number }) => (
  <rect x={x} y={to} width="9" height={from - to} fill="none" stroke={QUIET} strokeDasharray="2 2" />
)

const Level = ({ y, from = 6, to = 154 }: { y: number; from?: number; to?: number }) => (
  <line x1={from} x2={to} y1={y} y2={y} stroke={QUIET} strokeDasharray="3 3" />
)

const Word = ({
  x,
  y,
  children,
  anchor = 'start',
}: {
  x: number
  y: number
  children: ReactNode
  anchor?: 'start' | 'middle' | 'end'
}) => (
  <text x={x} y={y} fontSize="9" fill={QUIET} textAnchor={anchor}>
    {children}
  </text>
)

const TOKENS = [-4, 6, 10, -8, -5, 9, 12].map((size, i) => ({ x: 8 + 15 * i, size }))
const ANSWERS = [14, -10, 14, -10, -10, 14].map((size, i) => ({ x: 10 + 17 * i, size }))

/** Tokens of one answer, each against what was expected there. */
const ppo = (
  <>
    <path d="M6 26 C 40 20, 70 32, 112 18" fill="none" stroke={QUIET} strokeDasharray="3 3" />
    {TOKENS.map(({ x, size }) => (
      <Bar key={x} x={x} from={24} to={24 - size} color={size > 0 ? UP : DOWN} />
    ))}
    <Word x={118} y={21}>
      expected
    </Word>
  </>
)

/** Answers to one question against their mean. */
const grpo = (
  <>
    <Level y={23} to={112} />
    {ANSWERS.map(({ x, size }) => (
      <Bar key={x} x={x} from={23} to={23 - size} color={size > 0 ? UP : DOWN} />
    ))}
    <Word x={118} y={26}>
      mean
    </Word>
  </>
)

/** Each answer against the mean of the others: every one has its own level. */
const rloo = (
  <>
    {ANSWERS.map(({ x, size }) => (
      <g key={x}>
        <Level y={23 + size / 4} from={x - 5} to={x + 15} />
        <Bar x={x} from={23 + size / 4} to={23 - size} color={size > 0 ? UP : DOWN} />
      </g>
    ))}
    <Word x={112} y={26}>
      others
    </Word>
  </>
)

/** A correct and an incorrect answer, each against the reference model. */
const dpo = (
  <>
    <Ghost x={26} from={40} to={22} />
    <Bar x={38} from={40} to={8} color={UP} />
    <Ghost x={92} from={40} to={20} />
    <Bar x={104} from={40} to={30} color={DOWN} />
    <Word x={52} y={14}>
      correct
    </Word>
    <Word x={118} y={32}>
      wrong
    </Word>
  </>
)

/** Single answers against one level. */
const kto = (
  <>
    <Level y={22} to={112} />
    <Bar x={22} from={22} to={7} color={UP} />
    <Bar x={52} from={22} to={36} color={DOWN} />
    <Bar x={82} from={22} to={10} color={UP} />
    <Word x={118} y={25}>
      usual
    </Word>
  </>
)

/** Per-token likelihood of two answers, a margin apart. */
const simpo = (
  <>
    <Bar x={30} from={40} to={8} color={UP} />
    <Bar x={84} from={40} to={30} color={DOWN} />
    <Level y={8} from={42} to={74} />
    <Level y={30} from={56} to={82} />
    <path d="M64 10 V28 M61 13 L64 9 L67 13 M61 25 L64 29 L67 25" stroke={QUIET} fill="none" />
    <Word x={70} y={22}>
      γ
    </Word>
    <Word x={100} y={36}>
      per token
    </Word>
  </>
)

/** Imitate the one, and raise its odds over the other. */
const orpo = (
  <>
    <Bar x={22} from={40} to={10} color={UP} />
    <path d="M36 14 h12 M45 11 l4 3 l-4 3" stroke={UP} fill="none" />
    <Word x={54} y={17}>
      imitated
    </Word>
    <Bar x={104} from={40} to={30} color={DOWN} />
    <Word x={62} y={38}>
      odds ÷
    </Word>
  </>
)

/** The given answer, token by token. */
const sft = (
  <>
    {[6, 18, 30].map((y, i) => (
      <g key={y}>
        <Bar x={10} from={y} to={y + 5} color={QUIET} width={[56, 44, 50][i] ?? 50} />
        <Bar x={92} from={y} to={y + 5} color={UP} width={[56, 44, 50][i] ?? 50} />
      </g>
    ))}
    <path d="M72 21 h12 M81 18 l4 3 l-4 3" stroke={QUIET} fill="none" />
  </>
)

/** One answer, its states, and what became of continuations from each; nothing is pushed. */
const collect = (
  <>
    <path d="M8 23 H 152" stroke={QUIET} />
    {[20, 56, 92, 128].map((x, i) => (
      <g key={x}>
        <circle cx={x} cy={23} r="3.5" fill={QUIET} />
        {[10, 17, 29, 36].map((y, j) => (
          <path key={y} d={`M${x} 23 L${x + 14} ${y}`} stroke={j < 3 - i ? UP : DOWN} strokeWidth="1.5" />
        ))}
      </g>
    ))}
  </>
)

const DRAWINGS: Readonly<Record<ObjectiveKind, ReactNode>> = { ppo, grpo, rloo, dpo, kto, simpo, orpo, sft, collect }

export function ObjectiveDiagram({ kind, className }: { readonly kind: ObjectiveKind; readonly className?: string }) {
  return (
    <svg viewBox="0 0 160 46" className={className} aria-hidden="true" preserveAspectRatio="xMidYMid meet">
      {DRAWINGS[kind]}
    </svg>
  )
}
