import { NumberInput, Select, SimpleGrid, Stack, Switch, Textarea, TextInput, Title } from '@mantine/core'
import type { Study } from '@shared/schemas/study'
import { EARLY, type Edits, iterationsOf } from './edits'

interface EditFieldsProps {
  readonly document: Study
  readonly onChange: (edits: Edits) => void
}

const LEVELS = ['0.8', '0.9', '0.95', '0.99']

/** The parts of a document that are decided by hand before the start. */
export function EditFields({ document, onChange }: EditFieldsProps) {
  const { name, question, measure, stopEarly } = document
  const iterations = iterationsOf(document)
  return (
    <section className="panel experiments-panel" aria-labelledby="decided">
      <Title order={2} id="decided" mb={6}>
        Decide before the start
      </Title>
      <Stack gap="sm">
        <TextInput
          label="Name"
          value={name}
          maxLength={80}
          error={name.trim() === '' ? 'An experiment needs a name' : null}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Textarea
          label="Question"
          value={question ?? ''}
          maxLength={2000}
          autosize
          minRows={1}
          onChange={(event) => onChange({ question: event.currentTarget.value })}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          {iterations !== null && (
            <NumberInput
              label="Iterations of each run"
              value={iterations}
              min={1}
              max={1_000_000}
              allowDecimal={false}
              onChange={(value) => typeof value === 'number' && value >= 1 && onChange({ iterations: value })}
            />
          )}
          <Select
            label="Interval"
            description="How sure a verdict has to be"
            inputWrapperOrder={['label', 'input', 'description']}
            data={[...new Set([...LEVELS, String(measure.confidence)])].map((value) => ({
              value,
              label: `${Number((100 * Number(value)).toFixed(2))} %`,
            }))}
            value={String(measure.confidence)}
            allowDeselect={false}
            onChange={(value) => value && onChange({ confidence: Number(value) })}
          />
        </SimpleGrid>
        <Switch
          label="End an arm early when it is clearly worse than the base"
          description={`After ${stopEarly?.afterSeeds ?? EARLY.afterSeeds} seeds, at a stricter interval; it saves time`}
          checked={stopEarly !== undefined}
          onChange={(event) => onChange({ endsEarly: event.currentTarget.checked })}
        />
      </Stack>
    </section>
  )
}
