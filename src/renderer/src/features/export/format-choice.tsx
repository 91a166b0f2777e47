import { Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import type { ExportFormat, ExportOptions } from '@shared/contract/exports'
import classes from './export.module.css'
import { FORMATS } from './formats'

interface FormatChoiceProps {
  readonly value: ExportFormat
  readonly options: ExportOptions
  readonly onChange: (format: ExportFormat) => void
}

/** One card per format; an unavailable one says why. */
export function FormatChoice({ value, options, onChange }: FormatChoiceProps) {
  return (
    <Radio.Group value={value} onChange={(format) => onChange(format as ExportFormat)} aria-labelledby="export-format">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm">
        {FORMATS.map(({ format, label, text }) => {
          const reason = options.refused[format]
          return (
            <Radio.Card
              key={format}
              value={format}
              disabled={reason !== undefined}
              // The arrows go through the cards of one name, and would stop at one that takes no focus.
              {...(reason === undefined ? {} : { name: 'unavailable' })}
              className={classes.card}
              p="sm"
              aria-label={label}
              aria-describedby={`format-${format}`}
            >
              <Group wrap="nowrap" align="flex-start" gap="sm">
                <Radio.Indicator size="xs" mt={2} disabled={reason !== undefined} />
                <Stack gap={2} id={`format-${format}`}>
                  <Text fw={600} size="sm">
                    {label}
                  </Text>
                  <Text size="xs" className="quiet">
                    {text}
                  </Text>
                  {reason !== undefined && (
                    <Text size="xs" c="var(--hurt)">
                      {reason}
                    </Text>
                  )}
                </Stack>
              </Group>
            </Radio.Card>
          )
        })}
      </SimpleGrid>
    </Radio.Group>
  )
}
