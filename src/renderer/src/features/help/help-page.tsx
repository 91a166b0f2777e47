import { Anchor, Box, Button, SimpleGrid, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { MathText } from '@renderer/components/math-text'
import { ObjectiveDiagram } from '@renderer/components/objective-diagram'
import { Page } from '@renderer/components/page'
import { Tour } from '@renderer/components/tour'
import { GUIDANCE, METHODS, type Method } from '@shared/help/methods'
import { WORDS, type Word } from '@shared/help/words'
import type { ObjectiveKind } from '@shared/schemas/plan'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import classes from './help.module.css'

const KINDS = Object.keys(METHODS) as ObjectiveKind[]

const has = (query: string, ...texts: readonly string[]) =>
  texts.some((text) => text.toLowerCase().includes(query.trim().toLowerCase()))

/** The words and the methods, offline; `topic` is the one that a link asked for. */
export function HelpPage({ topic }: { readonly topic?: string | undefined }) {
  const [query, setQuery] = useState('')
  const [isTouring, tour] = useDisclosure(topic === 'tour')
  useEffect(() => {
    const wanted = topic && document.getElementById(`help-${topic}`)
    if (!wanted) return
    wanted.scrollIntoView({ block: 'start' })
    wanted.tabIndex = -1
    wanted.focus({ preventScroll: true })
  }, [topic])
  const words = WORDS.filter(({ word, meaning, ...rest }: Word) => has(query, word, meaning, rest.also ?? ''))
  const methods = KINDS.filter((kind) => has(query, METHODS[kind].name, METHODS[kind].what))
  return (
    <Page
      title="Help"
      subtitle={
        <Text size="xs" className="quiet clip">
          what the words mean, and what each method computes
        </Text>
      }
      actions={
        <>
          <Button variant="default" onClick={tour.open}>
            Tour in three steps
          </Button>
          <TextInput
            leftSection={<IconSearch size={14} />}
            placeholder="Find a word"
            aria-label="Find a word or a method"
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            w={230}
          />
        </>
      }
    >
      {isTouring && <Tour onClose={tour.close} />}
      {words.length + methods.length === 0 && (
        <Text className="quiet">
          Nothing is called “{query}” here.{' '}
          <Anchor component="button" type="button" onClick={() => setQuery('')}>
            Show everything
          </Anchor>
        </Text>
      )}
      {words.length > 0 && (
        <section aria-labelledby="help-words">
          <Title order={2} id="help-words" mb="sm">
            Words
          </Title>
          <dl className={classes.words}>
            {words.map((word: Word) => (
              <div
                key={word.id}
                id={`help-${word.id}`}
                className={classes.word}
                data-wanted={word.id === topic || undefined}
              >
                <dt>
                  {word.word}
                  {word.also && (
                    <Text span size="sm" className="quiet" fw={400}>
                      {' '}
                      <MathText text={word.also} isRaw={false} />
                    </Text>
                  )}
                </dt>
                <dd>
                  <MathText text={word.meaning} isRaw={false} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {methods.length > 0 && (
        <section aria-labelledby="help-methods">
          <Title order={2} id="help-methods" mt="xl" mb="sm">
            Methods
          </Title>
          {query === '' && <MethodCard id="gpo" method={GUIDANCE} isWanted={topic === 'gpo'} />}
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" mt="md">
            {methods.map((kind) => (
              <MethodCard key={kind} id={kind} method={METHODS[kind]} kind={kind} isWanted={topic === kind} />
            ))}
          </SimpleGrid>
        </section>
      )}
    </Page>
  )
}

interface MethodCardProps {
  readonly id: string
  readonly method: Omit<Method, 'use'> & { readonly use?: string }
  readonly kind?: ObjectiveKind
  readonly isWanted: boolean
}

function MethodCard({ id, method: { name, what, formula, where, use, source }, kind, isWanted }: MethodCardProps) {
  return (
    <article id={`help-${id}`} className={`panel ${classes.method}`} data-wanted={isWanted || undefined}>
      <Title order={3}>{name}</Title>
      <Text size="sm" mt={4}>
        {what}
      </Text>
      {kind && (
        <Box my="xs" maw={190}>
          <ObjectiveDiagram kind={kind} />
        </Box>
      )}
      <Box className={classes.formula} tabIndex={0} role="group" aria-label={`The formula of ${name}`}>
        <MathText text={`$$${formula}$$`} isRaw={false} />
      </Box>
      <Text size="sm" className="quiet">
        <MathText text={where} isRaw={false} />
      </Text>
      {use && (
        <Text size="sm" mt={6}>
          <b>When:</b> {use}
        </Text>
      )}
      <Text size="xs" className="quiet" mt={6}>
        {source}
      </Text>
    </article>
  )
}
