/** The form for a verifier's kind and its settings. */
import { NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core'
import { type VerifierConfig, verifierSchema } from '@shared/schemas/verifier'

type Kind = VerifierConfig['kind']

const KINDS: readonly { readonly value: Kind; readonly label: string; readonly text: string }[] = [
  {
    value: 'number',
    label: 'Number',
    text: 'The number after ####, or else the last number. Commas, units and fractions are understood.',
  },
  {
    value: 'latex',
    label: 'Mathematics',
    text: 'Mathematical equivalence of the last \\boxed{}, or else of the last formula or number.',
  },
  { value: 'choice', label: 'Multiple choice', text: 'One letter among the choices.' },
  {
    value: 'exact',
    label: 'Exact text',
    text: 'The text after the marker equals the reference; without a marker, the last line.',
  },
  {
    value: 'regex',
    label: 'Regular expression',
    text: 'Group 1 of the last match, or the whole match, equals the reference.',
  },
  {
    value: 'steps',
    label: 'Every line',
    text: 'Each line equals that of the row’s worked solution, so that a lucky answer is wrong.',
  },
  {
    value: 'countdown',
    label: 'Countdown',
    text: 'An expression or lines of equations use each number once and reach the target; the reference is 25,7,3=54.',
  },
]

/** A kind with its settings at their defaults. */
const defaultsOf = (kind: Kind): VerifierConfig =>
  verifierSchema.parse(kind === 'regex' ? { kind, pattern: 'answer is (.+)' } : { kind })

interface VerifierFormProps {
  readonly value: VerifierConfig
  readonly onChange: (value: VerifierConfig) => void
  /** What is wrong with the settings, from the program. */
  readonly error?: string | null
}

export function VerifierForm({ value, onChange, error = null }: VerifierFormProps) {
  return (
    <Stack gap="sm">
      <Select
        label="Verifier"
        description={KINDS.find((kind) => kind.value === value.kind)?.text}
        data={KINDS.map(({ value, label }) => ({ value, label }))}
        value={value.kind}
        allowDeselect={false}
        onChange={(kind) => kind && onChange(defaultsOf(kind as Kind))}
      />
      <Settings value={value} onChange={onChange} error={error} />
    </Stack>
  )
}

function Settings({ value, onChange, error }: VerifierFormProps) {
  switch (value.kind) {
    case 'number':
      return (
        <NumberInput
          label="Tolerance"
          description="Largest absolute difference that still counts as equal"
          value={value.tolerance}
          min={0}
          step={0.01}
          error={error}
          onChange={(tolerance) => typeof tolerance === 'number' && onChange({ ...value, tolerance })}
        />
      )
    case 'latex':
      return (
        <NumberInput
          label="Time limit"
          description="A slower comparison is given up"
          suffix=" ms"
          value={value.timeoutMs}
          min={1}
          step={500}
          allowDecimal={false}
          error={error}
          onChange={(timeoutMs) => typeof timeoutMs === 'number' && onChange({ ...value, timeoutMs })}
        />
      )
    case 'choice':
      return (
        <TextInput
          label="Choices"
          description="The allowed letters, in order"
          value={value.choices}
          error={error}
          onChange={(event) => onChange({ ...value, choices: event.currentTarget.value.toUpperCase().slice(0, 26) })}
        />
      )
    case 'exact':
      return (
        <>
          <TextInput
            label="Marker"
            description="The text before the answer; without it the last line is taken"
            value={value.marker}
            error={error}
            classNames={{ input: 'mono' }}
            onChange={(event) => onChange({ ...value, marker: event.currentTarget.value })}
          />
          <Switch
            label="Upper and lower case are the same"
            checked={value.ignoreCase}
            onChange={(event) => onChange({ ...value, ignoreCase: event.currentTarget.checked })}
          />
        </>
      )
    case 'regex':
      return (
        <>
          <TextInput
            label="Pattern"
            description="Group 1 is the answer"
            value={value.pattern}
            error={error}
            classNames={{ input: 'mono' }}
            onChange={(event) => onChange({ ...value, pattern: event.currentTarget.value })}
          />
          <TextInput
            label="Flags"
            description="Any of i, m, s and u"
            value={value.flags}
            classNames={{ input: 'mono' }}
            onChange={(event) => onChange({ ...value, flags: event.currentTarget.value.replaceAll(/[^imsu]/g, '') })}
          />
        </>
      )
    case 'steps':
    case 'countdown':
      return null
  }
}
