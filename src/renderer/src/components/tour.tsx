/** What the program does, in three steps. */
import { Button, Group, Modal, Stepper, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'

interface Step {
  readonly title: string
  readonly text: string
  readonly drawing: ReactNode
  /** The page where it happens. */
  readonly page: { readonly label: string; readonly href: string }
}

const WIDTH = 420
const HEIGHT = 120

interface PathsProps {
  /** Heights of the ends of the paths, with whether the answer there is right. */
  readonly ends: readonly (readonly [y: number, isRight: boolean])[]
  readonly from: readonly [x: number, y: number]
}

/** Answers that begin at one place. */
const Paths = ({ ends, from: [x, y] }: PathsProps) => (
  <>
    {ends.map(([end, isRight]) => (
      <g key={end} stroke={isRight ? 'var(--helped)' : 'var(--hurt)'} fill="none" strokeWidth={2}>
        <path d={`M${x} ${y} C${x + 60} ${y}, ${x + 60} ${end}, ${x + 130} ${end}`} />
        {isRight ? (
          <path d={`M${x + 138} ${end} l4 5 l9 -11`} />
        ) : (
          <path d={`M${x + 138} ${end - 5} l10 10 m0 -10 l-10 10`} />
        )}
      </g>
    ))}
    <circle cx={x} cy={y} r={5} fill="var(--quiet)" />
  </>
)

const Drawing = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <svg
    viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    width="100%"
    style={{ maxWidth: WIDTH, display: 'block' }}
    role="img"
    aria-label={label}
  >
    {children}
  </svg>
)

const VALUES = [0.5, 0.5, 0.5, 0.25, 0, 0].map((value, step) => ({ value, step }))
const BAR = 44

const STEPS: readonly Step[] = [
  {
    title: 'Sample and judge',
    text: 'The model answers every problem several times, and a verifier judges each answer. You choose the model, the data and the verifier; the page says what is still missing before you start.',
    page: { label: 'New run', href: '#/new' },
    drawing: (
      <Drawing label="Four answers to one problem, one right and three wrong">
        <Paths
          from={[60, 60]}
          ends={[
            [15, false],
            [45, true],
            [75, false],
            [105, false],
          ]}
        />
      </Drawing>
    ),
  },
  {
    title: 'Find the critical step',
    text: 'From each step of an answer the program samples other endings and counts how many are right: the value of the step. The critical step is the one from which the outcome is still open, or turned; you can look at every ending that was tried.',
    page: { label: 'Explorer', href: '#/explorer' },
    drawing: (
      <Drawing label="The value of each of six steps: a half at first, then none; the fourth step is marked as critical">
        {VALUES.map(({ value, step }) => (
          <g key={step}>
            <rect x={60 + step * (BAR + 8)} y={20} width={BAR} height={76} fill="none" stroke="var(--line)" />
            <rect
              x={60 + step * (BAR + 8)}
              y={96 - 76 * value}
              width={BAR}
              height={76 * value}
              fill="var(--value-75)"
            />
          </g>
        ))}
        <path d={`M${60 + 3 * (BAR + 8) + BAR / 2 - 6} 2 h12 l-6 12 z`} fill="var(--critical)" />
      </Drawing>
    ),
  },
  {
    title: 'Practise from there, and check',
    text: 'New answers begin at that step, and the model learns from them. Runs shows the accuracy on held-out problems with its interval, Experiments tells whether guidance helped, Evaluate compares models row by row, and Export takes the result along.',
    page: { label: 'Runs', href: '#/' },
    drawing: (
      <Drawing label="An answer up to its critical step, from which four new answers begin, two of them right">
        <path d="M40 60 H150" stroke="var(--quiet)" strokeWidth={2} />
        <circle cx={40} cy={60} r={5} fill="var(--quiet)" />
        <Paths
          from={[150, 60]}
          ends={[
            [15, true],
            [45, false],
            [75, true],
            [105, false],
          ]}
        />
        <path d="M144 34 h12 l-6 12 z" fill="var(--critical)" />
      </Drawing>
    ),
  },
]

export function Tour({ onClose }: { readonly onClose: () => void }) {
  const [at, setAt] = useState(0)
  const { text, drawing, page } = STEPS[at]!
  const isLast = at === STEPS.length - 1
  return (
    <Modal
      opened
      onClose={onClose}
      title="What GPO Studio does"
      size={640}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stepper active={at} onStepClick={setAt} size="xs" mb="md">
        {STEPS.map(({ title }) => (
          <Stepper.Step key={title} label={title} />
        ))}
      </Stepper>
      {drawing}
      <Text mt="md" mih={88} role="status">
        {text}
      </Text>
      <Group justify="space-between" mt="md">
        <Button variant="subtle" onClick={onClose}>
          Skip
        </Button>
        <Group gap="sm">
          <Button variant="default" component="a" href={page.href} onClick={onClose}>
            Go to {page.label}
          </Button>
          <Button variant="default" onClick={() => setAt(at - 1)} disabled={at === 0}>
            Back
          </Button>
          <Button data-autofocus onClick={isLast ? onClose : () => setAt(at + 1)}>
            {isLast ? 'Done' : 'Next'}
          </Button>
        </Group>
      </Group>
      <Text size="xs" className="quiet" mt="sm">
        It is always under Help, and Ctrl K finds it.
      </Text>
    </Modal>
  )
}
