/* page_words.c: the words of the page of the provider `test`, as the buyer's pages say them
 * (nginx/html/shared/texts). */
#include "fcgi/checkout/payments/sandbox/page_words.h"
#include "common/accept_language.h"
#include "common/cleanup.h"

static const struct page_words all[] = {
    {
        .language = "en",
        .site = "Event Ticketing",
        .title = "Test payment",
        .event = "Event",
        .starts = "Starts",
        .amount = "Amount",
        .order = "Order",
        .pay = "Pay",
        .decline = "Decline",
        .back = "Back to the order",
        .skip = "Skip to the content",
        .test_only = "No money moves: this is the payment page for tests.",
        .paid = "Paid. Your tickets are ready.",
        .refunded = "The payment was refunded.",
        .late =
            "The time to pay is over. If you pay now, you get the same seats when they are still free, else "
            "your money back.",
        .declined = "The payment was declined. You may try again.",
        .digit_groups = ',',
        .decimal_point = '.',
    },
    {
        .language = "vi",
        .site = "Vé Sự Kiện",
        .title = "Thanh toán thử",
        .event = "Sự kiện",
        .starts = "Thời gian",
        .amount = "Số tiền",
        .order = "Đơn hàng",
        .pay = "Thanh toán",
        .decline = "Từ chối",
        .back = "Quay lại đơn hàng",
        .skip = "Đến phần nội dung",
        .test_only = "Không có tiền thật: đây là trang thanh toán để thử.",
        .paid = "Đã thanh toán. Vé của bạn đã sẵn sàng.",
        .refunded = "Khoản thanh toán đã được hoàn lại.",
        .late =
            "Đã hết thời gian thanh toán. Nếu bạn trả bây giờ, bạn nhận đúng những ghế đó khi còn trống, nếu "
            "không sẽ được hoàn tiền.",
        .declined = "Thanh toán bị từ chối. Bạn có thể thử lại.",
        .digit_groups = '.',
        .decimal_point = ',',
    },
};

const struct page_words *page_words_for(const char *accept_language)
{
    const char *languages[ARRAY_LENGTH(all)];
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
        languages[i] = all[i].language;
    }
    return &all[accept_language_choose(accept_language, ARRAY_LENGTH(all), languages)];
}
