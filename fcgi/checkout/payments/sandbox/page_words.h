/* page_words.h: what the page of the provider `test` says, in each language. */
#ifndef TICKETING_PAYMENTS_SANDBOX_PAGE_WORDS_H
#define TICKETING_PAYMENTS_SANDBOX_PAGE_WORDS_H

/* Texts are plain text, without characters that HTML would need escaped. */
struct page_words {
    const char *language; /* primary tag */
    const char *site, *title, *event, *starts, *amount, *order, *pay, *decline, *back, *skip;
    const char *test_only, *paid, *refunded, *late, *declined; /* the state of the payment */
    char digit_groups, decimal_point;
};

/* The words in the language that the header Accept-Language (NULL: none) wants; never NULL. */
const struct page_words *page_words_for(const char *accept_language);

#endif
