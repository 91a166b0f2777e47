/** A text from the chosen data, or a typed one, cut into steps by the plan's rules. */

import { ActionIcon, Box, Group, SegmentedControl, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import { formatCount, plural } from '@renderer/lib/format'
import type { StepsPreview } from '@shared/contract/plans'
import { planInput, valueAt } from '@shared/plan/draft'
import { rowNumber } from '@shared/row-number'
import { type Plan, segmentationSchema } from '@shared/schemas/plan'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { usePlanForm } from './form'
import classes from './new-run.module.css'

const SOURCES: Readonly<Record<StepsPreview['source'], string>> = {
  completion: 'the solution in the data',
  trajectory: 'written in an earlier run on this data',
  reference: 'the reference answer; the data has no solutions',
  typed: 'your own text',
}

function usePreview(index: number, text: string | null) {
  const { draft } = usePlanForm()
  const input = planInput(draft)
  const model = valueAt(input, 'model.path')
  const train = valueAt(input, 'data.train') as Plan['data']['train'] | undefined
  const segmentation = segmentationSchema.safeParse(valueAt(input, 'gpo.segmentation') ?? {})
  const asked = {
    model: String(model),
    train: train?.path ? train : null,
    segmentation: segmentation.data,
    index,
    text,
  }
  const [settled] = useDebouncedValue(JSON.stringify(asked), 250)
  const last = JSON.parse(settled) as typeof asked
  return useQuery({
    ...queries.plans.preview.queryOptions({ input: { ...last, segmentation: last.segmentation ?? {} } }),
    enabled: typeof model === 'string' && segmentation.success && last.segmentation !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
}

function Steps({ preview }: { readonly preview: StepsPreview }) {
  const { prompt } = preview
  let offset = 0
  const steps = preview.steps.map((step, i) => {
    const start = offset
    offset += step.tokens
    return { ...step, start, number: i + 1 }
  })
  return (
    <Box
      className={classes.preview}
      component="ol"
      m={0}
      p={0}
      style={{ listStyle: 'none' }}
      aria-label="Steps"
      tabIndex={0}
    >
      {prompt !== null && (
        <li className={classes.step}>
          <Text size="xs" className="quiet">
            ask
          </Text>
          <Text className="model-text quiet" lineClamp={3}>
            {prompt.trim()}
          </Text>
          <span />
        </li>
      )}
      {steps.map(({ text, tokens, start, number }) => (
        <li key={start} className={classes.step}>
          <Text size="sm" className="quiet">
            {number}
          </Text>
          <span className="model-text">{text.replace(/\n$/, ' ⏎').replaceAll(/\n(?=\n)/g, '⏎\n')}</span>
          <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
            {plural(tokens, 'token')}
          </Text>
        </li>
      ))}
    </Box>
  )
}

export function StepsPreviewPanel() {
  const [index, setIndex] = useState(0)
  const [isTyped, setTyped] = useState(false)
  const [text, setText] = useState('')
  const preview = usePreview(index, isTyped ? text : null)
  const { data } = preview
  const count = data?.count ?? 0
  return (
    <Box mt="md">
      <Group justify="space-between" mb={6} gap="sm">
        <Text size="sm" fw={500}>
          {data ? `${plural(data.steps.length, 'step')} of ${plural(data.tokens, 'token')}` : 'Steps'}
          <Text span size="xs" className="quiet" ml="xs">
            {data && SOURCES[data.source]}
          </Text>
        </Text>
        <Group gap="xs" wrap="nowrap">
          {!isTyped && count > 1 && (
            <>
              <ActionIcon aria-label="Text before" onClick={() => setIndex((index + count - 1) % count)}>
                <IconChevronLeft size={16} />
              </ActionIcon>
              <Text size="xs" className="quiet">
                {data?.row == null ? '' : `row ${formatCount(rowNumber(data.row))}`}
              </Text>
              <ActionIcon aria-label="Text after" onClick={() => setIndex((index + 1) % count)}>
                <IconChevronRight size={16} />
              </ActionIcon>
            </>
          )}
          <SegmentedControl
            aria-label="Text that is cut"
            data={[
              { value: 'data', label: 'From the data' },
              { value: 'typed', label: 'Own text' },
            ]}
            value={isTyped ? 'typed' : 'data'}
            onChange={(value) => setTyped(value === 'typed')}
          />
        </Group>
      </Group>
      {isTyped && (
        <Textarea
          aria-label="Text to cut into steps"
          placeholder="Paste a solution"
          autosize
          minRows={3}
          maxRows={8}
          mb="xs"
          value={text}
          maxLength={20_000}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {preview.error && (
        <Text size="xs" c="var(--hurt)" role="alert">
          {messageOf(preview.error)}
        </Text>
      )}
      {data && !preview.error && data.steps.length > 0 && <Steps preview={data} />}
      {data === null && (
        <Text size="xs" className="quiet">
          Choose training data, or paste a text.
        </Text>
      )}
    </Box>
  )
}
