/// What the command line promises, by topic: each sentence with the rows that show it.
enum Contract {
    static let sentences =
        here + template + values + streams + outputs + control + limits + stopping + submit + see + steer
        + processes + terminals + exitCodes + settings + attending + onEnd
}
