/** Replaced by the build: false in release builds, so that every `if (FAILPOINTS) …` disappears from them. */
declare const FAILPOINTS: boolean;
