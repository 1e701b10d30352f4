import { LRUCache } from 'lru-cache';

/** A home automation names some ten topics per device. */
const MOST_TOPICS = 50_000;
const MAX_CHARACTERS = 1_024;

/** Whose conversation a topic belongs to. */
export interface TopicOwner {
  protocol: string;
  topicPrefix: string;
}

/** Topics on which devices, as they announced, say what is not below any prefix. */
export interface LearntTopics {
  ownerOf(topic: string): TopicOwner | undefined;
  /** Those of them that were not known yet. */
  learn(topics: readonly string[], owner: TopicOwner): string[];
  all(): string[];
}

export function createLearntTopics(): LearntTopics {
  const owners = new LRUCache<string, TopicOwner>({ max: MOST_TOPICS });
  return {
    ownerOf: (topic) => owners.get(topic),
    learn(topics, owner) {
      const fresh: string[] = [];
      for (const topic of topics) {
        if (!isTopic(topic)) continue;
        if (!owners.has(topic)) fresh.push(topic);
        owners.set(topic, owner);
      }
      return fresh;
    },
    all: () => [...owners.keys()],
  };
}

/** No filter: it would bring what belongs to others. */
const isTopic = (topic: string): boolean =>
  topic !== '' && topic.length <= MAX_CHARACTERS && !topic.startsWith('$') && !/[+#\p{Cc}]/u.test(topic);
