package store_test

const childVariable = "X"

func tortured(string) {}
